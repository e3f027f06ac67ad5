CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    version    TEXT NOT NULL,
    started_at REAL NOT NULL,
    seen_at    REAL NOT NULL,           -- its last sign of life
    ending     TEXT,                    -- unknown while it runs, and for ever where it crashed
    reason     TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT ''
);
