package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.util.Map;

/// Takes the records of one piece of work; they are committed with what it wrote, or not at all.
public interface Appender {
    /// Appends a change to the chain of a credential or an owner; returns its running number there.
    long append(NewChange change) throws Refused;

    /// Appends a change that an owner approved, and keeps beside it the JWS that says so. Refused
    /// (`INTENT_EXPIRED`) when its intent approved something before, however long ago.
    long append(NewChange change, Bytes evidence) throws Refused;

    /// Appends an approval to the chain of a credential, with its evidence beside it. Refused as
    /// above.
    void append(NewApproval approval) throws Refused;

    /// Appends a change of the server itself, or about an owner who does not exist yet.
    void append(String what, String subject, String by, Map<String, String> details) throws Refused;
}
