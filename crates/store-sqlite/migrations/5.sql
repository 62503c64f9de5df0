-- Calls between two attempts; entries that wait for them, or whose first step is under way; and what a webhook holds back, in order.

-- A call that waits, beside its row in `call`, whose kind says so.
CREATE TABLE retry(
    call INTEGER PRIMARY KEY,
    due INTEGER NOT NULL,
    held INTEGER,               -- the webhook that holds it back
    kept INTEGER NOT NULL,      -- 1: whoever recorded it makes the attempt
    entry INTEGER,              -- the entry whose step it is
    run INTEGER,                -- the run that it belongs to
    sealed BLOB NOT NULL        -- what the next attempt needs
) STRICT;
CREATE INDEX retry_by_due ON retry(due) WHERE held IS NULL AND kept = 0; -- the rowid is its last column, here and below
CREATE INDEX retry_by_held ON retry(held, due) WHERE held IS NOT NULL;
CREATE INDEX retry_by_run ON retry(run, due) WHERE run IS NOT NULL;
CREATE INDEX retry_kept ON retry(kept) WHERE kept = 1;

ALTER TABLE entry ADD COLUMN call INTEGER;                        -- the call that it waits for
ALTER TABLE entry ADD COLUMN detached INTEGER NOT NULL DEFAULT 0; -- 1: whoever carries out its step knows its position, not this row
DROP INDEX entry_by_due;
DROP INDEX entry_by_held;
DROP INDEX entry_by_run;
CREATE INDEX entry_by_due ON entry(due) WHERE held IS NULL AND call IS NULL AND detached = 0;
CREATE INDEX entry_by_held ON entry(held, due) WHERE held IS NOT NULL;
CREATE INDEX entry_by_run ON entry(run) WHERE run IS NOT NULL;
CREATE INDEX entry_detached ON entry(run, lead) WHERE detached = 1;

ALTER TABLE run_progress ADD COLUMN retrying INTEGER NOT NULL DEFAULT 0; -- of the rows in `entry`, those that wait for their calls

-- Whether a row waits, for its time or held back: what is due at once does not.
ALTER TABLE entry ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET waits = 1 WHERE held IS NOT NULL OR due > CAST(unixepoch('subsec') * 1000000 AS INTEGER);
ALTER TABLE run_progress ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0; -- of the rows in `entry`, those that wait
UPDATE run_progress SET waiting = (SELECT count(*) FROM entry WHERE entry.run = run_progress.run AND waits = 1) WHERE open > 0;

-- A run enters its leads in order, and a campaign is deleted with all of them; whoever erases a lead goes through the few campaigns.
CREATE TABLE entered_by_campaign(
    campaign INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    at INTEGER NOT NULL,
    run INTEGER,
    PRIMARY KEY (campaign, lead)
) STRICT, WITHOUT ROWID;
INSERT INTO entered_by_campaign SELECT campaign, lead, at, run FROM entered ORDER BY campaign, lead;
DROP TABLE entered;
ALTER TABLE entered_by_campaign RENAME TO entered;
