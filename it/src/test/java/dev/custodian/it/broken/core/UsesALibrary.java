package dev.custodian.it.broken.core;

import org.slf4j.Logger;

interface UsesALibrary {
    void with(Logger one);
}
