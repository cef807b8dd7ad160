package dev.custodian.server.csc;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// `info` (CSC API §11.1): what this service is and offers.
///
/// `authType` is `external`: our tokens come from a grant of enrolled devices that the API has no
/// word for, so none of its OAuth fields would be true.
final class ServiceInfo {
    static final String SPECS = "2.2.0.0";

    private final Service service;
    private final Supplier<URI> base;
    private final List<String> methods;

    ServiceInfo(Service service, Supplier<URI> base, List<String> methods) {
        this.service = service;
        this.base = base;
        this.methods = methods;
    }

    Reply handle(Call call) throws CscRefused {
        // `lang` may ask for any language: there is one.
        Parameters.of(call).textOrNull("lang");
        var info = new LinkedHashMap<String, Object>();
        info.put("specs", SPECS);
        info.put("name", service.name());
        info.put("logo", base.get().resolve(CscRoutes.LOGO).toString());
        info.put("region", service.region());
        info.put("lang", "en");
        info.put("description", service.description());
        info.put("authType", List.of("external"));
        info.put("asynchronousOperationMode", false);
        info.put("methods", methods);
        info.put("validationInfo", false);
        info.put("supportedHashTypes", List.of("dtbsr"));
        info.put("signAlgorithms", Map.of("algos", algorithms()));
        info.put(
                "signature_formats",
                Map.of("formats", List.of(), "envelope_properties", List.of()));
        info.put("conformance_levels", List.of());
        return Answers.json(info);
    }

    private static List<String> algorithms() {
        return Arrays.stream(KeyAlgorithm.values())
                .flatMap(algorithm -> algorithm.cscOids().stream())
                .distinct()
                .toList();
    }
}
