-- What arrived on `events.notifier`, in the order of arrival, each event once.
CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    event_id    TEXT NOT NULL UNIQUE,
    type        TEXT NOT NULL,
    location    TEXT NOT NULL,
    schema      TEXT NOT NULL,          -- what it called itself
    at          REAL NOT NULL,          -- by its sender's clock
    received_at REAL NOT NULL,
    body        TEXT NOT NULL           -- cleaned and cut; JSON where it was not cut
);
CREATE INDEX events_type ON events (type, id);
CREATE INDEX events_received ON events (received_at);

CREATE TABLE incidents (
    id            INTEGER PRIMARY KEY,
    type          TEXT NOT NULL,
    target        TEXT NOT NULL,
    circumstances TEXT NOT NULL,        -- JSON
    opened_at     REAL NOT NULL,
    count         INTEGER NOT NULL,
    healthy_since REAL,
    ended_at      REAL
);
CREATE UNIQUE INDEX incidents_open ON incidents (type, target) WHERE ended_at IS NULL;
CREATE INDEX incidents_target ON incidents (type, target, id);

-- One row per person and notification: what became of each mail.
CREATE TABLE notification_history (
    id            INTEGER PRIMARY KEY,
    incident_id   INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    type          TEXT NOT NULL,
    phase         TEXT NOT NULL,
    person        TEXT NOT NULL,
    email         TEXT NOT NULL,
    language      TEXT NOT NULL,
    circumstances TEXT NOT NULL,        -- JSON, as they were when it was queued
    count         INTEGER NOT NULL,
    message_id    TEXT NOT NULL UNIQUE,
    replies_to    TEXT NOT NULL,
    happened_at   REAL NOT NULL,
    queued_at     REAL NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at       REAL NOT NULL,
    state         TEXT NOT NULL DEFAULT 'queued',
    reason        TEXT NOT NULL DEFAULT '',
    answer        TEXT NOT NULL DEFAULT '',  -- the mail server's own words
    settled_at    REAL
);
CREATE INDEX notifications_queued ON notification_history (next_at) WHERE state = 'queued';
CREATE INDEX notifications_of_incident ON notification_history (incident_id);

-- The last heartbeat of every process.
CREATE TABLE fleet (
    service     TEXT NOT NULL,
    instance    TEXT NOT NULL,
    received_at REAL NOT NULL,
    body        TEXT NOT NULL,          -- bonfire.heartbeat/1
    PRIMARY KEY (service, instance)
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

CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    version    TEXT NOT NULL,
    started_at REAL NOT NULL,
    seen_at    REAL NOT NULL,           -- its last sign of life
    ending     TEXT,                    -- unknown while it runs, and for ever where it crashed
    reason     TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT ''
);
