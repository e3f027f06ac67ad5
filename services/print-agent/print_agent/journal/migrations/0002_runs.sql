CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    version    TEXT NOT NULL,
    started_at REAL NOT NULL,
    seen_at    REAL NOT NULL,           -- its last sign of life
    ending     TEXT,                    -- unknown while it runs, and for ever where it crashed
    reason     TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT ''
);

-- A print host may be called "events", and a lane bears the name of what it is for.
UPDATE outbox SET lane = '@events' WHERE lane = 'events';
