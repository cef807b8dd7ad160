package dev.custodian.it;

@OnHsm
class SetupOnHsmFull extends SetupIT {}
