package dev.custodian.it;

@OnHsm
class RefusalsOnHsmIT extends RefusalsIT {}
