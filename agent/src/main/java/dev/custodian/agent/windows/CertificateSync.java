package dev.custodian.agent.windows;

import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.session.AgentFolder;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.windows.CertificateStore;
import dev.custodian.device.windows.CertificateStore.Entry;
import dev.custodian.link.SessionState;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the certificates that programs choose from in step with the owner's credentials, as long
/// as there is a login and the person wants it. Certificates of others are never touched.
///
/// What goes wrong with the store is logged and hinders nothing else.
public final class CertificateSync {
    private static final System.Logger LOG = System.getLogger(CertificateSync.class.getName());

    private static final int LONGEST = 100;

    private final @Nullable CertificateStore store;
    private final AgentFolder folder;
    private final Supplier<SessionState> state;
    private final Clock clock;

    /// Certificates that are not ours to change, as was said once.
    private final Set<Bytes> foreign = new HashSet<>();

    /// What went wrong last; empty when nothing did.
    private String failed = "";

    /// @param store null on a system that has none: then nothing is done
    /// @param state how this device stands with its server
    public CertificateSync(
            @Nullable CertificateStore store,
            AgentFolder folder,
            Supplier<SessionState> state,
            Clock clock) {
        this.store = store;
        this.folder = folder;
        this.state = state;
        this.clock = clock;
    }

    /// To be told what the server lists just now.
    public synchronized void told(List<Credential> credentials) {
        tend(there -> CertificateChanges.told(there, credentials, clock.instant()));
    }

    /// To be told that there may be less to show than before: a login ended, a device was removed,
    /// time went by, and the server has not said what there is now.
    public synchronized void look() {
        tend(there -> CertificateChanges.untold(there, clock.instant()));
    }

    /// Takes all of ours away until it is told again.
    public synchronized void clear() {
        tend(CertificateChanges::toNothing);
    }

    /// From now on they are kept there, also after a restart.
    public synchronized void want() throws Refused {
        folder.keepUnsynced(false);
    }

    /// From now on none are there, also after a restart. Refused where there is no store, or when
    /// some could not be removed.
    public synchronized void unsync() throws Refused {
        if (store == null) {
            throw new Refused(
                    FailureKind.USAGE,
                    "Only Windows has a store of certificates: there is nothing to take out.");
        }
        folder.keepUnsynced(true);
        clear();
        if (!failed.isEmpty()) {
            throw new Refused(FailureKind.FILE_UNREADABLE, "The store of certificates: " + failed);
        }
    }

    private interface Decision {
        CertificateChanges of(CertificateChanges.There there);
    }

    private void tend(Decision decision) {
        if (store == null) {
            return;
        }
        try {
            var there = new CertificateChanges.There(store.list(), store.issuers());
            change(store, mayShow() ? decision.of(there) : CertificateChanges.toNothing(there));
            failed = "";
        } catch (IOException e) {
            var why = String.valueOf(e.getMessage());
            if (!why.equals(failed)) {
                LOG.log(System.Logger.Level.WARNING, "the store of certificates: {0}", why);
            }
            failed = why;
        }
    }

    private boolean mayShow() {
        if (folder.isUnsynced()) {
            return false;
        }
        return switch (state.get()) {
            case LOGGED_IN, UNREACHABLE -> true;
            case NOT_JOINED, LOGGED_OUT, REMOVED -> false;
        };
    }

    private void change(CertificateStore store, CertificateChanges changes) throws IOException {
        for (var entry : changes.remove()) {
            store.remove(entry.certificate());
            say("removed", entry);
        }
        for (var issuer : changes.removeIssuers()) {
            store.removeIssuer(issuer);
            LOG.log(System.Logger.Level.INFO, "the store of certificates: removed an issuer");
        }
        for (var issuer : changes.addIssuers()) {
            if (store.addIssuer(issuer)) {
                LOG.log(System.Logger.Level.INFO, "the store of certificates: added an issuer");
            }
        }
        for (var entry : changes.add()) {
            if (store.add(entry)) {
                say("added", entry);
            } else if (foreign.add(entry.certificate())) {
                say("somebody else has put there, so that we do not:", entry);
            }
        }
    }

    private static void say(String what, Entry entry) {
        LOG.log(
                System.Logger.Level.INFO,
                "the store of certificates: {0} \"{1}\", {2}",
                what,
                Line.of(entry.name(), LONGEST),
                Line.of(entry.key(), LONGEST));
    }
}
