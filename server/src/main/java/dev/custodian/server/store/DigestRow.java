package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.SignatureScheme;
import org.jspecify.annotations.Nullable;

/// One digest of an authorization, and what became of it (FORMATS §5).
///
/// @param authorization the row number of its authorization
/// @param hash null while nobody has said which hash made the digest
public record DigestRow(
        long authorization, Bytes value, @Nullable HashAlgorithm hash, State state) {
    /// What became of a digest.
    public sealed interface State {}

    /// May be used.
    public record Free() implements State {}

    /// A `use` record names it; its outcome is not recorded yet.
    ///
    /// @param use index of that record
    /// @param epoch of the node that signs
    public record Used(long use, long epoch, SignatureScheme scheme) implements State {}

    /// Was signed; the signature is kept to answer repeats.
    public record Signed(long use, SignatureScheme scheme, Bytes signature) implements State {}

    /// The server stopped in between.
    public record Unknown(long use, SignatureScheme scheme) implements State {}
}
