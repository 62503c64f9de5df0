-- Campaigns: what they are, runs of them, entries, and what happened to leads beside their calls.

-- A deleted campaign keeps its row: calls and runs name it.
CREATE TABLE campaign(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    active INTEGER NOT NULL,
    deleted INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX campaign_by_name ON campaign(name) WHERE deleted = 0;

-- Definitions as JSON; kept for good.
CREATE TABLE campaign_version(
    campaign INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (campaign, version)
) STRICT, WITHOUT ROWID;

-- What a run is; it never changes.
CREATE TABLE run(
    id INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    my_tokens BLOB NOT NULL,
    total INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_time ON run(created / 1000, id); -- for the history of leads

-- Its leads in the order of their ids, 4,096 a row.
CREATE TABLE run_leads(
    run INTEGER NOT NULL,
    position INTEGER NOT NULL, -- of the first lead
    first INTEGER NOT NULL,    -- the first lead
    leads BLOB NOT NULL,       -- how much greater each further id is than the one before it
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_leads_by_lead ON run_leads(run, first);

-- How far it is: written with every commit that brings it on.
CREATE TABLE run_progress(
    run INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,     -- 1: running, 2: completed, 3: cancelled, 4: being cancelled
    ended INTEGER,              -- NULL: it is not over
    low INTEGER NOT NULL,       -- every position before it has ended, or got a row in `entry`
    open INTEGER NOT NULL,      -- its rows in `entry`
    succeeded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    codes BLOB NOT NULL,        -- (code, calls)*
    ahead BLOB NOT NULL         -- bitmap of what ended behind low, from low rounded down to 64 on
) STRICT;
CREATE INDEX run_open ON run_progress(run) WHERE ended IS NULL;

-- Passes of leads through flows that have steps left.
CREATE TABLE entry(
    id INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    run INTEGER,
    step INTEGER NOT NULL,      -- the next one
    due INTEGER NOT NULL,
    has_failed INTEGER NOT NULL,
    held INTEGER,               -- the webhook that holds it back
    chain INTEGER,
    depth INTEGER NOT NULL,     -- entries before it in the chain
    trigger BLOB NOT NULL       -- (name, value)*
) STRICT;
CREATE INDEX entry_by_due ON entry(due) WHERE held IS NULL;
CREATE INDEX entry_by_held ON entry(held) WHERE held IS NOT NULL;
CREATE INDEX entry_by_lead ON entry(lead);
CREATE INDEX entry_by_campaign ON entry(campaign);
CREATE INDEX entry_by_run ON entry(run, due, held) WHERE run IS NOT NULL;

-- Entries that caused one another; gone with the last row of them.
CREATE TABLE chain(
    id INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL,   -- in all
    open INTEGER NOT NULL       -- rows in `entry`
) STRICT;

-- When leads last entered campaigns that they may not enter every time.
CREATE TABLE entered(
    lead INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    at INTEGER NOT NULL,
    run INTEGER,
    PRIMARY KEY (lead, campaign)
) STRICT, WITHOUT ROWID;

-- What happened to leads and is told by no call and by no run.
CREATE TABLE activity(
    lead INTEGER NOT NULL,
    id INTEGER NOT NULL, -- as those of calls
    type INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (lead, id)
) STRICT, WITHOUT ROWID;

ALTER TABLE request ADD COLUMN run INTEGER; -- the run that was made
ALTER TABLE last_id ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE last_id ADD COLUMN activity INTEGER NOT NULL DEFAULT 0;
