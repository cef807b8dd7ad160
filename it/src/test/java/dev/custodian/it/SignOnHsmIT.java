package dev.custodian.it;

@OnHsm
class SignOnHsmIT extends SignIT {}
