-- where the key was made: hsm, embedded or imported; what is older was made in memory
ALTER TABLE credential ADD COLUMN origin TEXT NOT NULL DEFAULT 'embedded';
