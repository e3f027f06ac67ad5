-- Keys are the first 16 bytes of a SHA-256: half the cost of text keys (docs/adr/0001).
CREATE TABLE orders (
    id              INTEGER PRIMARY KEY,
    key             BLOB NOT NULL UNIQUE,
    source          TEXT NOT NULL,
    shop_id         TEXT NOT NULL,
    number          TEXT NOT NULL,
    location        TEXT NOT NULL,
    status          TEXT NOT NULL,
    sequence        INTEGER,
    updated_at      REAL,
    digest          TEXT NOT NULL,
    released_digest TEXT,               -- the revision that went to the kitchen
    accepted_at     REAL NOT NULL,
    content         BLOB NOT NULL,      -- bonfire.order/1
    raw             BLOB NOT NULL       -- the newest body, as it came
);

CREATE TABLE arrivals (
    id          INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,
    fingerprint BLOB NOT NULL,
    order_id    INTEGER NOT NULL REFERENCES orders (id),
    at          REAL NOT NULL
);
CREATE INDEX arrivals_at ON arrivals (at);

CREATE TABLE jobs (
    id            INTEGER PRIMARY KEY,
    key           BLOB NOT NULL UNIQUE,
    order_id      INTEGER NOT NULL REFERENCES orders (id),
    generation    INTEGER NOT NULL,
    agent         TEXT NOT NULL,
    station       TEXT NOT NULL,
    printer       TEXT NOT NULL,
    state         TEXT NOT NULL,
    ticket_number TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    on_paper      TEXT NOT NULL DEFAULT 'no',
    accepted_at   REAL NOT NULL,
    due_at        REAL NOT NULL,
    updated_at    REAL NOT NULL,
    body          BLOB NOT NULL         -- bonfire.print-job/1
);
CREATE INDEX jobs_order ON jobs (order_id);

CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    lane        TEXT NOT NULL,
    exchange    TEXT NOT NULL,
    routing_key TEXT NOT NULL,
    headers     TEXT NOT NULL,
    body        BLOB NOT NULL,
    created_at  REAL NOT NULL
);
CREATE INDEX outbox_lane ON outbox (lane, id);
