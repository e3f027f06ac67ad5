-- Where a job belongs: the order itself may move to another location after its tickets went out.
ALTER TABLE jobs ADD COLUMN location TEXT
    GENERATED ALWAYS AS (json_extract(CAST(body AS TEXT), '$.location')) VIRTUAL;
CREATE INDEX jobs_dead ON jobs (location) WHERE state = 'dead';
