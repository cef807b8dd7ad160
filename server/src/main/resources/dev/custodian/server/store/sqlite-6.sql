-- which vault made what is in the opening, under which of its keys and how; the credential's row may have changed since
ALTER TABLE "authorization" ADD COLUMN vault TEXT;

ALTER TABLE "authorization" ADD COLUMN key_id TEXT;

ALTER TABLE "authorization" ADD COLUMN mechanism TEXT;

UPDATE "authorization" SET vault = c.vault, key_id = c.key_id, mechanism = c.mechanism FROM credential c
  WHERE c.id = "authorization".credential;

ALTER TABLE consent ADD COLUMN vault TEXT;

ALTER TABLE consent ADD COLUMN key_id TEXT;

ALTER TABLE consent ADD COLUMN mechanism TEXT;

UPDATE consent SET vault = c.vault, key_id = c.key_id, mechanism = c.mechanism FROM credential c
  WHERE c.id = consent.credential;
