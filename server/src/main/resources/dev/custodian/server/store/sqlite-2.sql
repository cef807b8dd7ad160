-- remaining: signatures that can still be approved under it; with the last one the opening goes
CREATE TABLE consent(
  id TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE, owner TEXT NOT NULL, credential TEXT NOT NULL,
  version INTEGER NOT NULL, device TEXT NOT NULL, purpose TEXT NOT NULL, subject TEXT NOT NULL, count INTEGER NOT NULL,
  remaining INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL, opening BLOB);

CREATE INDEX consent_device ON consent(device);

CREATE INDEX consent_credential ON consent(credential);

CREATE INDEX consent_expires ON consent(expires);

-- what tokens come from; refresh: H of the one that is good now, spent: H of the one before it, by: the key it was
-- spent with, at: when
CREATE TABLE login(
  id BLOB PRIMARY KEY, device TEXT NOT NULL, expires INTEGER NOT NULL, refresh BLOB NOT NULL, spent BLOB, spent_by TEXT,
  spent_at INTEGER);

CREATE INDEX login_device ON login(device);

-- tokens of a version that had no logins: devices log in again
DELETE FROM session;

ALTER TABLE session ADD COLUMN login BLOB NOT NULL DEFAULT x'';

CREATE INDEX session_login ON session(login);
