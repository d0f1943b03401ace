-- When the till gave an effect up: it is kept, shown, and tried again when there is reason to.
ALTER TABLE outbox ADD COLUMN given_up_at BIGINT;
