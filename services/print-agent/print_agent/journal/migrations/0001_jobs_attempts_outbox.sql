CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- `id` is the order of arrival, which is the order on paper.
CREATE TABLE jobs (
    id            INTEGER PRIMARY KEY,
    key           BLOB NOT NULL UNIQUE,
    generation    INTEGER NOT NULL,
    printer       TEXT NOT NULL,
    state         TEXT NOT NULL,
    on_paper      TEXT NOT NULL DEFAULT 'no',
    reason        TEXT NOT NULL DEFAULT '',
    confirmation  TEXT NOT NULL DEFAULT '',
    attempts      INTEGER NOT NULL DEFAULT 0,
    ticket_day    TEXT,
    ticket_number INTEGER,
    ticket_times  INTEGER,
    first_sent_at REAL,
    process_id    BLOB NOT NULL DEFAULT x'',
    received_at   REAL NOT NULL,
    updated_at    REAL NOT NULL,
    body          BLOB NOT NULL         -- bonfire.print-job/1
);
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('ready', 'sending', 'unknown');
CREATE INDEX jobs_numbered ON jobs (printer, ticket_day, ticket_number);

-- An attempt that was cut off has no outcome: nobody saw how it ended.
CREATE TABLE attempts (
    id           INTEGER PRIMARY KEY,
    job_id       INTEGER NOT NULL REFERENCES jobs (id),
    number       INTEGER NOT NULL,
    printer      TEXT NOT NULL,
    started_at   REAL NOT NULL,
    marked       INTEGER NOT NULL,
    ended_at     REAL,
    outcome      TEXT,
    reason       TEXT,
    bytes_sent   INTEGER,
    confirmation TEXT,
    UNIQUE (job_id, number)
);

-- What a printer said of itself and how it confirms: asked once, then remembered.
CREATE TABLE printers (
    id           TEXT PRIMARY KEY,
    maker        TEXT NOT NULL,
    model        TEXT NOT NULL,
    serial       TEXT NOT NULL,
    firmware     TEXT NOT NULL,
    confirmation TEXT                   -- not asked while the configuration says how
);

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
