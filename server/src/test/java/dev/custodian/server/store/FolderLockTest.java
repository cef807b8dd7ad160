package dev.custodian.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir Path folder;

    @Test
    void secondServerOnAFolderIsRefused() throws Refused {
        try (var _ = FolderLock.take(folder)) {
            assertThatThrownBy(() -> FolderLock.take(folder))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.FOLDER_IN_USE));
        }
        FolderLock.take(folder).close();
    }

    @Test
    void folderThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> FolderLock.take(folder.resolve("nowhere")))
                .isInstanceOf(Refused.class);
    }
}
