package dev.custodian.it.broken.client.util;

interface Strings {}
