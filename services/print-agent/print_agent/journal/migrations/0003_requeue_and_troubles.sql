-- A dead job that somebody wants printed after all keeps its row, also on another printer.
ALTER TABLE jobs ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN first_number TEXT NOT NULL DEFAULT '';

-- Ticket numbers that a printer has used and that stand in none of its jobs any more.
CREATE TABLE left_numbers (
    printer TEXT NOT NULL,
    day     TEXT NOT NULL,
    number  INTEGER NOT NULL
);

-- The printers of which it was last told that they are lost, and why.
CREATE TABLE troubles (
    printer TEXT PRIMARY KEY,
    reason  TEXT NOT NULL,
    lost_at REAL NOT NULL
);
