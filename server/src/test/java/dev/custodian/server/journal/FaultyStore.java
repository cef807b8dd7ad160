package dev.custodian.server.journal;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// A store whose commits go wrong when a test says so.
final class FaultyStore implements Store {
    /// What commits do.
    enum Commit {
        WORK,
        DO_NOTHING,
        FAIL
    }

    private final Store real;
    private volatile Commit commit = Commit.WORK;

    FaultyStore(Store real) {
        this.real = real;
    }

    void commits(Commit nowDo) {
        commit = nowDo;
    }

    @Override
    public Tx begin() throws Refused {
        var tx = real.begin();
        return (Tx)
                Proxy.newProxyInstance(
                        Tx.class.getClassLoader(),
                        new Class<?>[] {Tx.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("commit") && commit != Commit.WORK) {
                                if (commit == Commit.FAIL) {
                                    throw new Refused(FailureKind.STORAGE_FULL);
                                }
                                return null;
                            }
                            try {
                                return method.invoke(tx, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Override
    public Reader read() throws Refused {
        return real.read();
    }

    @Override
    public void close() {
        real.close();
    }
}
