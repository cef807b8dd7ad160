-- remaining: signatures that can still be approved under it; with the last one the opening goes
CREATE TABLE consent(
  id TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE, owner TEXT NOT NULL, credential TEXT NOT NULL,
  version INTEGER NOT NULL, device TEXT NOT NULL, purpose TEXT NOT NULL, subject TEXT NOT NULL, count INTEGER NOT NULL,
  remaining INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL, opening BLOB);

CREATE INDEX consent_device ON consent(device);

CREATE INDEX consent_credential ON consent(credential);

CREATE INDEX consent_expires ON consent(expires);
