package dev.custodian.it.broken.client;

import java.util.Optional;

interface TakesAnOptional {
    void with(Optional<String> name);
}
