package dev.custodian.server.journal;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.store.AuthorizationRow;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What callers ask of the writer. Each is answered once, after the commit of its batch or with a
/// refusal.
sealed interface Item {
    /// Where the answer goes.
    CompletableFuture<?> answer();

    default void refuse(Refused refusal) {
        answer().completeExceptionally(refusal);
    }

    default void fail(Throwable fault) {
        Writer.LOG.error("a request failed in the writer", fault);
        refuse(new Refused(FailureKind.INTERNAL));
    }

    /// Signatures under an authorization.
    record Ask(UseRequest request, CompletableFuture<List<Part>> answer) implements Item {
        Ask(UseRequest request) {
            this(request, new CompletableFuture<>());
        }
    }

    /// A new authorization.
    ///
    /// @param spend takes what a new one costs; a repeat costs nothing
    record Approve(
            NewAuthorization authorization,
            Journal.Guard guard,
            Journal.Guard spend,
            CompletableFuture<AuthorizationRow> answer)
            implements Item {
        Approve(NewAuthorization authorization, Journal.Guard guard, Journal.Guard spend) {
            this(authorization, guard, spend, new CompletableFuture<>());
        }
    }

    /// Any other work; `answer` tells what it returned and where its first record is.
    record Do<T extends @Nullable Object>(Journal.Work<T> work, CompletableFuture<Done<T>> answer)
            implements Item {
        Do(Journal.Work<T> work) {
            this(work, new CompletableFuture<>());
        }
    }

    /// What became of other work.
    ///
    /// @param firstIndex of the records that it appended; -1 when there is none
    record Done<T extends @Nullable Object>(T result, long firstIndex) {}
}
