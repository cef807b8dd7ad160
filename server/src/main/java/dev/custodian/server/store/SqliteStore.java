package dev.custodian.server.store;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The store in one SQLite file: write-ahead log, every commit synced to the disk, one writer at a
/// time.
///
/// Transactions are begun and ended by statements of their own under auto-commit: the driver's own
/// transactions begin the next one at each commit, so that an idle writer would keep every other
/// process out.
public final class SqliteStore implements Store {
    private static final int READERS = 8;

    private final SQLiteDataSource source;
    private final ReentrantLock writing = new ReentrantLock();
    private final Semaphore reading = new Semaphore(READERS);
    private final ConcurrentLinkedQueue<Sql> idleReaders = new ConcurrentLinkedQueue<>();
    private @Nullable Sql writer;
    private volatile boolean closed;

    private SqliteStore(Path file) {
        var config = new SQLiteConfig();
        // Else the driver prepares and runs one more statement after each INSERT.
        config.setGetGeneratedKeys(false);
        source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
    }

    /// Opens the store in `file`, which is made when there is none, readable by its owner alone.
    public static SqliteStore open(Path file) throws Refused {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // a store to continue
        } catch (IOException e) {
            throw new Refused(
                    FailureKind.STORAGE_FAILED, "The database " + file + " cannot be made.");
        }
        var store = new SqliteStore(file);
        store.writing.lock();
        try {
            store.writer();
            return store;
        } finally {
            store.writing.unlock();
        }
    }

    @Override
    public Tx begin() throws Refused {
        writing.lock();
        try {
            var sql = writer();
            try {
                sql.run("BEGIN IMMEDIATE");
            } catch (Refused e) {
                dropWriter();
                throw e;
            }
            return new SqliteTx(sql, this::end);
        } catch (Refused | RuntimeException e) {
            writing.unlock();
            throw e;
        }
    }

    /// A transaction has ended; `sound` says that its connection can serve the next one.
    private void end(boolean sound) {
        if (!sound) {
            dropWriter();
        }
        writing.unlock();
    }

    private Sql writer() throws Refused {
        if (closed) {
            throw new Refused(FailureKind.STORAGE_FAILED, "The store is closed.");
        }
        var sql = writer;
        if (sql == null) {
            var connection = connect();
            try {
                Schema.migrate(connection);
            } catch (SQLException e) {
                closeAfter(connection, e);
                throw Sql.refusal(e);
            } catch (Refused e) {
                closeAfter(connection, e);
                throw e;
            }
            sql = new Sql(connection);
            writer = sql;
        }
        return sql;
    }

    private void dropWriter() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    @Override
    public Reader read() throws Refused {
        reading.acquireUninterruptibly();
        try {
            if (closed) {
                throw new Refused(FailureKind.STORAGE_FAILED, "The store is closed.");
            }
            var idle = idleReaders.poll();
            var sql = idle == null ? new Sql(connect()) : idle;
            try {
                if (idle == null) {
                    sql.run("PRAGMA query_only=ON");
                }
                sql.run("BEGIN");
            } catch (Refused e) {
                sql.close();
                throw e;
            }
            return new SqliteReader(sql, sound -> giveBack(sql, sound));
        } catch (Refused | RuntimeException e) {
            reading.release();
            throw e;
        }
    }

    private void giveBack(Sql sql, boolean sound) {
        if (sound && !closed) {
            idleReaders.add(sql);
        } else {
            sql.close();
        }
        reading.release();
    }

    private Connection connect() throws Refused {
        Connection connection = null;
        try {
            connection = source.getConnection();
            try (var statement = connection.createStatement()) {
                // Waits this long for another process; below the 5 s that a caller waits (FORMATS
                // §5).
                statement.execute("PRAGMA busy_timeout=4000");
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.execute("PRAGMA secure_delete=ON");
            }
            return connection;
        } catch (SQLException e) {
            if (connection != null) {
                closeAfter(connection, e);
            }
            throw Sql.refusal(e);
        }
    }

    private static void closeAfter(Connection connection, Exception cause) {
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        reading.acquireUninterruptibly(READERS);
        for (var sql = idleReaders.poll(); sql != null; sql = idleReaders.poll()) {
            sql.close();
        }
        reading.release(READERS);
        writing.lock();
        try {
            dropWriter();
        } finally {
            writing.unlock();
        }
    }
}
