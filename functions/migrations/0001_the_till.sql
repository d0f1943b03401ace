-- Instants are Unix seconds, amounts minor units, flags 0 or 1: the same words for SQLite and PostgreSQL.
-- Migrations only expand: a till of before runs on the schema of after.

CREATE TABLE shop (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    stripe_account TEXT NOT NULL,
    livemode BIGINT NOT NULL
);

CREATE TABLE stock (
    key TEXT PRIMARY KEY,
    sold BIGINT NOT NULL DEFAULT 0 CHECK (sold >= 0),
    held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
    away BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE stock_moves (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    delta BIGINT NOT NULL,
    reason TEXT NOT NULL,
    order_id TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX stock_moves_by_key ON stock_moves (key, at);

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    payment TEXT NOT NULL,
    fulfilment TEXT NOT NULL,
    refund TEXT NOT NULL,
    refunded_amount BIGINT NOT NULL DEFAULT 0,
    dispute TEXT NOT NULL,
    session_id TEXT UNIQUE,
    payment_intent TEXT UNIQUE,
    idempotency_key TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    api_version TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    paid_at BIGINT,
    due_at BIGINT,
    flagged BIGINT NOT NULL DEFAULT 0,
    cart_id TEXT NOT NULL,
    client TEXT NOT NULL,
    lang TEXT NOT NULL,
    currency TEXT NOT NULL,
    livemode BIGINT NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0),
    details TEXT NOT NULL
);
-- One cart has one hold: a double click cannot take two.
CREATE UNIQUE INDEX orders_one_open_per_cart ON orders (cart_id) WHERE payment IN ('pending', 'open');
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_open_by_client ON orders (client) WHERE payment IN ('pending', 'open');
CREATE INDEX orders_by_time ON orders (created_at);

CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL,
    sku TEXT NOT NULL,
    key TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
    vat BIGINT,
    title TEXT NOT NULL,
    note TEXT,
    supply BIGINT,
    PRIMARY KEY (order_id, position)
);
CREATE INDEX order_lines_by_key ON order_lines (key);

CREATE TABLE stripe_events (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    payload TEXT NOT NULL DEFAULT '{}',
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    claimed_until BIGINT,
    claim_token TEXT,
    done_at BIGINT,
    trouble TEXT,
    UNIQUE (order_id, kind, cause)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

CREATE TABLE throttle (
    client TEXT NOT NULL,
    what TEXT NOT NULL,
    since BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (client, what, since)
);
