-- What a printer said that it can do, as JSON; NULL as long as it was not asked.
ALTER TABLE printers ADD COLUMN capabilities TEXT;
