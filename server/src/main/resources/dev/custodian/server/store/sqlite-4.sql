-- intent: its hash. It approves once and for all, whatever a clock does; not known of what was approved before this step
ALTER TABLE evidence ADD COLUMN intent BLOB;

CREATE UNIQUE INDEX evidence_intent ON evidence(intent);
