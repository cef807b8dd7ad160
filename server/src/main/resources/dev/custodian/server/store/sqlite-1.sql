CREATE TABLE owner(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, public_key BLOB NOT NULL, public_key_mac BLOB NOT NULL,
  pin_pepper INTEGER NOT NULL, pin_salt BLOB NOT NULL, pin_seal BLOB NOT NULL, factors_mac BLOB NOT NULL,
  failures INTEGER NOT NULL, not_before INTEGER NOT NULL, created INTEGER NOT NULL);

CREATE TABLE device(
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, slot TEXT NOT NULL, name TEXT NOT NULL, spki BLOB NOT NULL,
  share_public BLOB NOT NULL, slot_box BLOB NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
  not_before INTEGER NOT NULL, created INTEGER NOT NULL);

CREATE INDEX device_owner ON device(owner);

CREATE TABLE pepper(number INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, created INTEGER NOT NULL);

CREATE TABLE credential(
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, purpose TEXT NOT NULL, custody TEXT NOT NULL, algorithm TEXT NOT NULL,
  spki BLOB NOT NULL UNIQUE, policy BLOB NOT NULL, version INTEGER NOT NULL, vault TEXT NOT NULL, key_id TEXT NOT NULL,
  mechanism TEXT NOT NULL, key BLOB NOT NULL, certificates BLOB NOT NULL, created INTEGER NOT NULL);

CREATE INDEX credential_owner ON credential(owner);

CREATE TABLE invitation(code_hash BLOB PRIMARY KEY, name TEXT NOT NULL, expires INTEGER NOT NULL, used_by TEXT);

CREATE TABLE session(token_hash BLOB PRIMARY KEY, device TEXT NOT NULL, jkt TEXT NOT NULL, expires INTEGER NOT NULL);

CREATE INDEX session_device ON session(device);

CREATE TABLE jti(hash BLOB PRIMARY KEY, expires INTEGER NOT NULL);

-- pending: digests that can still be signed; with the last one the opening goes
CREATE TABLE "authorization"(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, intent BLOB NOT NULL UNIQUE, sad BLOB NOT NULL UNIQUE,
  owner TEXT NOT NULL, credential TEXT NOT NULL, sender TEXT NOT NULL, level TEXT NOT NULL, factors TEXT NOT NULL,
  approval INTEGER NOT NULL, expires INTEGER NOT NULL, pending INTEGER NOT NULL, opening BLOB);

CREATE INDEX authorization_expires ON "authorization"(expires);

-- state: 0 free, 1 used, 2 signed, 3 unknown. No index on it: it changes with every signature.
CREATE TABLE digest(
  authorization INTEGER NOT NULL, value BLOB NOT NULL, hash TEXT, state INTEGER NOT NULL, used_in INTEGER,
  epoch INTEGER, scheme INTEGER, result BLOB, PRIMARY KEY(authorization, value)) WITHOUT ROWID;

CREATE TABLE epoch(number INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, started INTEGER NOT NULL);

-- chain 0 stands for none, back and last -1
CREATE TABLE journal(
  number INTEGER PRIMARY KEY, chain INTEGER NOT NULL, seq INTEGER NOT NULL, back INTEGER NOT NULL,
  salt BLOB NOT NULL, record BLOB NOT NULL);

CREATE TABLE evidence(number INTEGER PRIMARY KEY, evidence BLOB NOT NULL);

CREATE TABLE chain_head(
  number INTEGER PRIMARY KEY, chain TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, prev BLOB NOT NULL,
  last INTEGER NOT NULL);

CREATE TABLE journal_head(
  one INTEGER PRIMARY KEY CHECK(one = 1), size INTEGER NOT NULL, edge BLOB NOT NULL, checkpoint BLOB NOT NULL);

INSERT INTO journal_head(one, size, edge, checkpoint) VALUES(1, 0, x'0000000000000000', x'');

CREATE TABLE tile(level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY(level, number))
  WITHOUT ROWID;
