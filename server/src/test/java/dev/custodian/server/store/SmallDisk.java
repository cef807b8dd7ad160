package dev.custodian.server.store;

import dev.custodian.core.Refused;
import java.nio.file.Path;

/// A store on a disk whose size a test sets, by SQLite's own limit on the pages of a file.
public final class SmallDisk implements Store {
    private final SqliteStore real;
    private volatile int pages = 1_000_000;

    public SmallDisk(Path file) throws Refused {
        real = SqliteStore.open(file);
    }

    /// From now on the file has no more pages than this, or than it has already.
    public void limit(int most) {
        pages = most;
    }

    @Override
    public Tx begin() throws Refused {
        var tx = (SqliteTx) real.begin();
        tx.sql.all(row -> row.getInt(1), "PRAGMA max_page_count=" + pages);
        return tx;
    }

    @Override
    public Reader read() throws Refused {
        return real.read();
    }

    @Override
    public void close() {
        real.close();
    }
}
