package dev.custodian.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// Whatever a program sends is a request or malformed, and what it wants signed a login, an SSHSIG
/// or malformed.
class SshFuzzTest {
    @FuzzTest
    void requestIsReadOrMalformed(byte[] octets) {
        try {
            var request = AgentRequest.parse(Bytes.of(octets));
            if (request instanceof AgentRequest.Bind bind) {
                HostKey.hasSigned(bind.hostKey(), bind.session(), bind.signature());
            }
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest
    void dataAreReadOrMalformed(byte[] octets) {
        try {
            switch (SignedData.parse(Bytes.of(octets))) {
                case SignedData.Login login -> assertThat(login.user()).isNotEmpty();
                case SignedData.SshSig sig ->
                        assertThat(sig.digest().size()).isEqualTo(sig.hash().length());
            }
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
