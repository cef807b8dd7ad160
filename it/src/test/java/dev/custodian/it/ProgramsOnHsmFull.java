package dev.custodian.it;

@OnHsm
class ProgramsOnHsmFull extends ProgramsIT {}
