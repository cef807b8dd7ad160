package dev.custodian.it;

@OnHsm
class ThiefOnHsmIT extends ThiefIT {}
