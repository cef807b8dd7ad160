package dev.custodian.it.broken.agent;

import java.lang.foreign.Linker;

interface CallsTheSystem {
    void with(Linker one);
}
