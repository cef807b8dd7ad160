package dev.custodian.it;

@OnTpm
class SignOnTpmFull extends SignIT {}
