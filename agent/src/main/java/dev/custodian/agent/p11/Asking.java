package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Function;
import dev.custodian.agent.p11.rpc.RpcWriter;
import dev.custodian.agent.signing.EcdsaSignature;
import dev.custodian.agent.signing.Request;
import dev.custodian.agent.signing.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.Refused;

/// A signature that a program waits for.
///
/// @param size octets that the program expects
record Asking(Signing signing, Request request, int size, Function function)
        implements Application.Later {
    private static final System.Logger LOG = System.getLogger(Asking.class.getName());

    @Override
    public Bytes body() {
        try {
            var signature = signing.sign(request).getFirst();
            return RpcWriter.to(function)
                    .octets(
                            request.credential().algorithm().family() == Family.EC
                                    ? EcdsaSignature.ofDer(signature).raw(size / 2)
                                    : signature)
                    .done();
        } catch (Refused e) {
            LOG.log(System.Logger.Level.INFO, "p11: {0}: {1}", e.kind().id(), e.sentences());
            return RpcWriter.error(ReturnValues.of(e.kind()));
        }
    }
}
