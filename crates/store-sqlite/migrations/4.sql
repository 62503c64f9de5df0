-- Whether the lead of a chain was told that it ended: once, however many entries it would have gone on with.
ALTER TABLE chain ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
