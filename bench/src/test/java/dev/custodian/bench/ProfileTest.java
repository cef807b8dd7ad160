package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileTest {
    @Test
    void sampleBelongsToWhatIsNearestToItsTop() {
        var profile = new Profile();
        var inTls =
                List.of(
                        "com.sun.crypto.provider.GaloisCounterMode.doFinal",
                        "sun.security.ssl.SSLEngineImpl.unwrap",
                        "org.eclipse.jetty.io.ssl.SslConnection.fill");
        profile.add(inTls);
        profile.add(inTls);
        profile.add(inTls);
        profile.add(List.of("java.lang.VirtualThread.run"));
        assertThat(profile.lines(200, 1))
                .containsExactly(
                        "    4 samples",
                        "     75.0 %    150.0 us  TLS",
                        "     25.0 %     50.0 us  threads, scheduler, the rest",
                        "    by method on top of the stack",
                        "     75.0 %    150.0 us  com.sun.crypto.provider.GaloisCounterMode.doFinal");
    }
}
