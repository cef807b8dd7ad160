package dev.custodian.it;

@OnCard
class SignOnCardFull extends SignIT {}
