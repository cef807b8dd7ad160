package dev.custodian.it.broken.link;

import org.slf4j.Logger;

interface UsesALibrary {
    void with(Logger one);
}
