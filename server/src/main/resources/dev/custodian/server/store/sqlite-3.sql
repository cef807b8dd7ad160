-- when it last logged in
ALTER TABLE device ADD COLUMN seen INTEGER;

-- new devices that wait for an enrolled one's approval; seq: of the record that approved, 0 before
CREATE TABLE join_request(
  device TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, intent BLOB NOT NULL UNIQUE, spki BLOB NOT NULL,
  sealed BLOB NOT NULL, seq INTEGER NOT NULL, expires INTEGER NOT NULL);

CREATE INDEX join_request_owner ON join_request(owner);

-- intents that changed an owner's factors, so that none does it twice; seq: of its record
CREATE TABLE made_change(
  intent BLOB PRIMARY KEY, owner TEXT NOT NULL, sender TEXT NOT NULL, seq INTEGER NOT NULL, expires INTEGER NOT NULL);

CREATE TABLE recovery_slot(
  owner TEXT PRIMARY KEY, pepper INTEGER NOT NULL, seal BLOB NOT NULL, failures INTEGER NOT NULL,
  not_before INTEGER NOT NULL);

-- recoveries during their delay
CREATE TABLE recovery(owner TEXT PRIMARY KEY, spki BLOB NOT NULL, due INTEGER NOT NULL, expires INTEGER NOT NULL);
