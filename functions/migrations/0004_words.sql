-- What a shopper had put on a piece: JSON, each value with its label. `note` keeps both in one text for older tills.
ALTER TABLE order_lines ADD COLUMN words TEXT;
-- No version ever wrote or read it.
ALTER TABLE outbox DROP COLUMN payload;
