package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Opens a store and tries it: "they don't behave the same, return undocumented error codes or
/// don't work at all" is said of stores of keys. Each is tried in a thread of its own, which is
/// left alone when the store hangs.
record Probe(StoreSource source, Duration limit) {
    private static final int DIGEST = 32;

    Found run() {
        var result = new CompletableFuture<Found>();
        var thread = new Thread(() -> answer(result), "probe of " + source);
        // a store that hangs must not keep the program alive
        thread.setDaemon(true);
        thread.start();
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return late(thread, result, DeviceFailure.STORE_SILENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late(thread, result, DeviceFailure.STORE_BUSY);
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it so", e);
        }
    }

    /// What it is worth when nobody waits any longer.
    private Found late(Thread thread, CompletableFuture<Found> result, DeviceFailure failure) {
        result.complete(
                new Found.Unusable(
                        source,
                        new DeviceException(
                                failure, "It was tried for " + limit.toMillis() + " ms.")));
        thread.interrupt();
        return result.join();
    }

    private void answer(CompletableFuture<Found> result) {
        var found = look();
        if (!result.complete(found) && found instanceof Found.Usable late) {
            late.store().close();
        }
    }

    private Found look() {
        long start = System.nanoTime();
        try {
            var store = source.opening().open();
            try {
                tryOut(store);
            } catch (DeviceException | RuntimeException e) {
                store.close();
                throw e;
            }
            return new Found.Usable(source, store, Duration.ofNanos(System.nanoTime() - start));
        } catch (DeviceException e) {
            return new Found.Unusable(source, e);
        } catch (RuntimeException e) {
            return new Found.Unusable(
                    source,
                    new DeviceException(DeviceFailure.STORE_BROKEN, 0, String.valueOf(e), e));
        }
    }

    /// A card without its management key makes no key for a trial, nor does one that deletes
    /// nothing: it answers at least. Nothing excuses another store, a card that refuses by itself,
    /// nor a key that does not sign.
    private void tryOut(DeviceStore store) throws DeviceException {
        DeviceKey made;
        try {
            made = store.throwAway();
        } catch (DeviceException e) {
            boolean isOfDevice = e.code() != 0;
            if (source.kind() != StoreKind.CARD
                    || e.failure() != DeviceFailure.UNSUPPORTED
                    || isOfDevice) {
                throw e;
            }
            var _ = store.list();
            return;
        }
        try (made) {
            requireSigning(made);
        }
    }

    private static void requireSigning(DeviceKey key) throws DeviceException {
        var octets = new byte[DIGEST];
        new SecureRandom().nextBytes(octets);
        var digest = Bytes.of(octets);
        var signature = key.sign(Scheme.ECDSA_SHA256, digest);
        if (!verifies(key, digest, signature)) {
            throw new DeviceException(
                    DeviceFailure.STORE_LIED, "It signed with another key than it made.");
        }
    }

    private static boolean verifies(DeviceKey key, Bytes digest, Bytes signature) {
        try {
            var verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
            verifier.initVerify(key.publicKey());
            verifier.update(digest.toArray());
            return verifier.verify(signature.toArray());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
