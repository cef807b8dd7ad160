package dev.custodian.server.vault.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Offsets and sizes are those of `layout.txt`, which compilers judge in `it` (LayoutIT).
class LayoutTest {
    @Test
    void everyMemberIsWhereCompilersHaveIt() throws IOException {
        var laid = new ArrayList<String>();
        for (var struct : Struct.values()) {
            for (var member : struct.members()) {
                laid.add(
                        "%s %s %d %d"
                                .formatted(
                                        struct,
                                        member.name(),
                                        struct.offset(Abi.LINUX, member.name()),
                                        struct.offset(Abi.WINDOWS, member.name())));
            }
            laid.add(
                    "%s sizeof %d %d"
                            .formatted(struct, struct.size(Abi.LINUX), struct.size(Abi.WINDOWS)));
        }
        assertThat(laid).isEqualTo(judged());
    }

    private static List<String> judged() throws IOException {
        try (var in = LayoutTest.class.getResourceAsStream("layout.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
