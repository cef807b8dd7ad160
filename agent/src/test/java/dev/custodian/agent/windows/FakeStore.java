package dev.custodian.agent.windows;

import dev.custodian.core.Bytes;
import dev.custodian.device.windows.CertificateStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A store of certificates that other programs use too.
final class FakeStore implements CertificateStore {
    final List<Entry> ours = new ArrayList<>();
    final List<Bytes> ourIssuers = new ArrayList<>();

    /// Certificates and issuers that somebody else put there.
    final Set<Bytes> others = new HashSet<>();

    /// How often something was changed.
    int changes;

    boolean broken;

    private void work() throws IOException {
        if (broken) {
            throw new IOException("the store is closed today");
        }
    }

    @Override
    public List<Entry> list() throws IOException {
        work();
        return List.copyOf(ours);
    }

    @Override
    public boolean add(Entry entry) throws IOException {
        work();
        if (others.contains(entry.certificate())) {
            return false;
        }
        ours.removeIf(one -> one.certificate().equals(entry.certificate()));
        changes++;
        return ours.add(entry);
    }

    @Override
    public void remove(Bytes certificate) throws IOException {
        work();
        changes++;
        ours.removeIf(one -> one.certificate().equals(certificate));
    }

    @Override
    public List<Bytes> issuers() throws IOException {
        work();
        return List.copyOf(ourIssuers);
    }

    @Override
    public boolean addIssuer(Bytes certificate) throws IOException {
        work();
        if (others.contains(certificate) || ourIssuers.contains(certificate)) {
            return false;
        }
        changes++;
        return ourIssuers.add(certificate);
    }

    @Override
    public void removeIssuer(Bytes certificate) throws IOException {
        work();
        changes++;
        ourIssuers.remove(certificate);
    }
}
