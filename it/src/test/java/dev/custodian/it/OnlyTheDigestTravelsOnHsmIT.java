package dev.custodian.it;

@OnHsm
class OnlyTheDigestTravelsOnHsmIT extends OnlyTheDigestTravelsIT {}
