-- how well its key is kept, as the device said when it enrolled
ALTER TABLE device ADD COLUMN verdict TEXT;

ALTER TABLE join_request ADD COLUMN verdict TEXT;

-- proofs that a device's key is in hardware; mark: keyed hash of the TPM's EK or the card's number, vouchers: H of the
-- keys of those who vouch for it, the root's last, question: H of what was answered, mac: of the vault over all of it
CREATE TABLE device_proof(
  device TEXT PRIMARY KEY, kind TEXT NOT NULL, mark BLOB NOT NULL, vouchers BLOB NOT NULL, question BLOB NOT NULL,
  proved INTEGER NOT NULL, mac BLOB NOT NULL);
