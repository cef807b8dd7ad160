-- by what level of approval it was given; those of before were given by a device that no proof was asked of
ALTER TABLE consent ADD COLUMN level TEXT NOT NULL DEFAULT 'BOUND';

-- mark, vouchers: keyed by a pepper; vouchers: of each key that the proof stands on, the root's last. Devices that were
-- proved before prove anew, since what was kept of them does not tell all of that
DROP TABLE device_proof;

CREATE TABLE device_proof(
  device TEXT PRIMARY KEY, kind TEXT NOT NULL, pepper INTEGER NOT NULL, mark BLOB NOT NULL, vouchers BLOB NOT NULL,
  proved INTEGER NOT NULL, mac BLOB NOT NULL);
