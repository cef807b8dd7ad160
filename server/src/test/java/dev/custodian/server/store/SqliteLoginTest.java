package dev.custodian.server.store;

import dev.custodian.core.Refused;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteLoginTest extends LoginContract {
    @TempDir Path folder;

    @Override
    Store open() throws Refused {
        return SqliteStore.open(folder.resolve("custodian.db"));
    }
}
