package dev.custodian.it.broken.client;

import java.util.Optional;

record KeepsAnOptional(Optional<String> name) {}
