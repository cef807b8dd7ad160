package dev.custodian.device.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who may enter a folder, out of what Windows says of it; laid out by hand as MS-DTYP §2.4 has it.
class SecurityDescriptorTest {
    private static final String USER = "S-1-5-21-1-2-3-1001";
    private static final String USER_SID =
            "0105"
                    + "000000000005"
                    + "15000000"
                    + "01000000"
                    + "02000000"
                    + "03000000"
                    + "e9030000";
    private static final String SYSTEM_SID = "0101" + "000000000005" + "12000000";
    private static final String ADMINISTRATORS_SID =
            "0102" + "000000000005" + "20000000" + "20020000";
    private static final String USERS_SID = "0102" + "000000000005" + "20000000" + "21020000";
    private static final String EVERYONE_SID = "0101" + "000000000001" + "00000000";
    private static final String FULL = "ff011f00";

    private static String entry(int type, String mask, String sid) {
        int size = 8 + sid.length() / 2;
        return "%02x03%02x00%s%s".formatted(type, size, mask, sid);
    }

    /// Owner first, then the list, none when there are no entries given at all.
    private static byte[] descriptor(String owner, List<String> entries) {
        var acl = String.join("", entries);
        int dacl = 20 + owner.length() / 2;
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                HexFormat.of()
                        .parseHex(
                                "01000480"
                                        + "14000000"
                                        + "00000000"
                                        + "00000000"
                                        + "%02x000000".formatted(dacl)
                                        + owner
                                        + "0200%02x%02x%02x000000"
                                                .formatted(
                                                        (8 + acl.length() / 2) & 0xff,
                                                        (8 + acl.length() / 2) >> 8,
                                                        entries.size())
                                        + acl));
        return out.toByteArray();
    }

    private static List<String> strangers(String... entries) {
        return SecurityDescriptor.parse(descriptor(USER_SID, List.of(entries))).strangers(USER);
    }

    @Test
    void whoeverElseIsAllowedAnythingIsAStranger() {
        assertThat(strangers(entry(0, FULL, USER_SID), entry(0, "01000000", EVERYONE_SID)))
                .containsExactly("S-1-1-0");
        assertThat(strangers(entry(0, FULL, USERS_SID), entry(0, FULL, USERS_SID)))
                .containsExactly("S-1-5-32-545");
        // only under a condition
        assertThat(strangers(entry(9, FULL, USERS_SID))).containsExactly("S-1-5-32-545");
        assertThat(
                        SecurityDescriptor.parse(
                                        descriptor(USER_SID, List.of(entry(0, FULL, USER_SID))))
                                .strangers("S-1-5-21-1-2-3-1002"))
                .containsExactly(USER);
    }

    @Test
    void userSystemAndAdministratorsAreNone() {
        assertThat(
                        strangers(
                                entry(0, FULL, USER_SID),
                                entry(0, FULL, SYSTEM_SID),
                                entry(0, FULL, ADMINISTRATORS_SID),
                                // denied, and allowed nothing
                                entry(1, FULL, EVERYONE_SID),
                                entry(0, "00000000", EVERYONE_SID)))
                .isEmpty();
        assertThat(strangers()).isEmpty();
    }

    @Test
    void withoutAListEverybodyMayEnter() {
        var none = descriptor(USER_SID, List.of(entry(0, FULL, USER_SID)));
        Arrays.fill(none, 16, 20, (byte) 0);
        assertThat(SecurityDescriptor.parse(none).strangers(USER)).containsExactly("S-1-1-0");
        var absent = descriptor(USER_SID, List.of(entry(0, FULL, USER_SID)));
        absent[2] = 0;
        assertThat(SecurityDescriptor.parse(absent).strangers(USER)).containsExactly("S-1-1-0");
    }

    @Test
    void ownerIsTheUserOrTheAdministrators() {
        for (var owner : List.of(EVERYONE_SID, USERS_SID, SYSTEM_SID)) {
            assertThat(SecurityDescriptor.parse(descriptor(owner, List.of())).isOf(USER)).isFalse();
        }
        for (var owner : List.of(USER_SID, ADMINISTRATORS_SID)) {
            assertThat(SecurityDescriptor.parse(descriptor(owner, List.of())).isOf(USER)).isTrue();
        }
    }

    @Test
    void cutOffOrUnknownIsRefused() {
        var whole = descriptor(USER_SID, List.of(entry(0, FULL, USER_SID)));
        for (int size = 0; size < whole.length; size++) {
            var cut = Arrays.copyOf(whole, size);
            assertThatIllegalArgumentException().isThrownBy(() -> SecurityDescriptor.parse(cut));
        }
        for (int type : new int[] {4, 5, 11, 0x7f, 0xff}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strangers(entry(type, FULL, USER_SID)));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> strangers("00030000" + FULL + USER_SID));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityDescriptor.sid(new byte[] {2, 0, 0, 0, 0, 0, 0, 5}, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityDescriptor.sid(new byte[] {1, 16, 0, 0, 0, 0, 0, 5}, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SecurityDescriptor.sid(whole, -3));

        assertThat(SecurityDescriptor.parse(whole).owner()).isEqualTo(USER);
    }
}
