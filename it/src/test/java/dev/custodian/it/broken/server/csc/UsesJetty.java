package dev.custodian.it.broken.server.csc;

import org.eclipse.jetty.server.Request;

interface UsesJetty {
    void with(Request one);
}
