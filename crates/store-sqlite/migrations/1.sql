-- The catalog, leads and companies, calls, and requests that were answered.

-- One row: what the next change of the catalog must name as its predecessor.
CREATE TABLE catalog(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO catalog VALUES (1, 0);

-- Custom fields, as JSON.
CREATE TABLE field(id INTEGER PRIMARY KEY, definition TEXT NOT NULL) STRICT;

-- A deleted webhook keeps its row: calls name it.
CREATE TABLE webhook(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    deleted INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX webhook_by_name ON webhook(name) WHERE deleted = 0;

-- Definitions as JSON, secrets sealed; kept for good.
CREATE TABLE webhook_version(
    webhook INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (webhook, version)
) STRICT, WITHOUT ROWID;

-- data: (field, value)*, ascending by field; a field without value is not there.
CREATE TABLE lead(
    id INTEGER PRIMARY KEY,
    company INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX lead_by_company ON lead(company) WHERE company IS NOT NULL;
CREATE TABLE company(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;

-- One row: the last ids that were given, so that none is given twice.
CREATE TABLE last_id(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    lead INTEGER NOT NULL,
    company INTEGER NOT NULL
) STRICT;
INSERT INTO last_id VALUES (1, 0, 0);

-- Fields by which leads or companies were looked up and whose values are in `lookup` since, beside Email and Company Name.
CREATE TABLE lookup_field(field INTEGER PRIMARY KEY) STRICT;
CREATE TABLE lookup(
    field INTEGER NOT NULL,
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (field, key, id)
) STRICT, WITHOUT ROWID;

-- error_type of calls; capped, since services write them.
CREATE TABLE phrase(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- What many calls share: one row a combination; 0 where there is none, since NULLs are never equal.
CREATE TABLE kind(
    id INTEGER PRIMARY KEY,
    webhook INTEGER NOT NULL,
    version INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    run INTEGER NOT NULL,
    state INTEGER NOT NULL,
    code INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    phrase INTEGER NOT NULL, -- 0: empty; -1: beyond the cap, then the text stands in call.meta
    UNIQUE (webhook, version, campaign, run, state, code, succeeded, phrase)
) STRICT;

-- One row: how many milliseconds calls were accepted before or after the time in their id, at most. It turns a condition on
-- the time into one on ids.
CREATE TABLE call_times(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    before INTEGER NOT NULL,
    after INTEGER NOT NULL
) STRICT;
INSERT INTO call_times VALUES (1, 0, 0);

-- Append-only, but for what erasing a lead takes away.
CREATE TABLE call(
    id INTEGER PRIMARY KEY, -- milliseconds << 22 | counter, ascending in the order of commits
    lead INTEGER,           -- NULL: inline
    kind INTEGER NOT NULL,
    meta BLOB NOT NULL,     -- times, attempts, idempotency key
    changes BLOB,           -- field changes, problems
    request BLOB,           -- texts of URL and headers, payload
    response BLOB
) STRICT;
CREATE INDEX call_by_lead ON call(lead, id, kind) WHERE lead IS NOT NULL;
CREATE INDEX call_by_kind ON call(kind); -- the rowid is its second column

-- Answers to requests that bore a request_id, for 24 h.
CREATE TABLE request(
    method INTEGER NOT NULL,
    id TEXT NOT NULL,
    payload BLOB NOT NULL,
    call INTEGER,           -- the call that was made, or
    answer BLOB,            -- bytes
    at INTEGER NOT NULL,
    PRIMARY KEY (method, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_time ON request(at);
