package dev.custodian.it;

@OnHsm
class ThiefOnHsmFull extends ThiefIT {}
