CREATE TABLE dead_letters (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- people quote it: none is given twice
    key           TEXT NOT NULL UNIQUE,
    origin        TEXT NOT NULL,
    state         TEXT NOT NULL,
    job           BLOB,                -- a key of jobs, though that one may be missing
    generation    INTEGER NOT NULL,
    location      TEXT NOT NULL,
    agent         TEXT NOT NULL,
    printer       TEXT NOT NULL,
    station       TEXT NOT NULL,
    order_number  TEXT NOT NULL,
    reason        TEXT NOT NULL,
    detail        TEXT NOT NULL,
    on_paper      TEXT NOT NULL,
    queue         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    attempts      TEXT NOT NULL,       -- JSON
    sample        BLOB NOT NULL,       -- of a body that stands nowhere else; may hold a guest's words
    count         INTEGER NOT NULL,
    first_seen_at REAL NOT NULL,
    last_seen_at  REAL NOT NULL,
    settled_at    REAL,
    settled_by    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX dead_letters_job ON dead_letters (job) WHERE job IS NOT NULL;
CREATE INDEX dead_letters_unsettled ON dead_letters (location) WHERE state = 'unsettled';
CREATE INDEX jobs_unprinted ON jobs (due_at) WHERE state NOT IN ('printed', 'dead');
