-- Programs, and whose members leads are.

-- Programs and folders, as JSON.
CREATE TABLE program(id INTEGER PRIMARY KEY, definition TEXT NOT NULL) STRICT;

-- data: (key, value)*, ascending by key; a field without value is not there. It may be large, so it is no part of an index.
CREATE TABLE member(
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (program, lead)
) STRICT;
CREATE INDEX member_by_lead ON member(lead);
