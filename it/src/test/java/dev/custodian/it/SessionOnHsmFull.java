package dev.custodian.it;

@OnHsm
class SessionOnHsmFull extends SessionIT {}
