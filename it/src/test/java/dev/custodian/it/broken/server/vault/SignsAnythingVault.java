package dev.custodian.it.broken.server.vault;

interface SignsAnythingVault {
    byte[] sign(byte[] digest);
}
