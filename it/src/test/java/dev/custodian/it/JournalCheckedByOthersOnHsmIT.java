package dev.custodian.it;

@OnHsm
class JournalCheckedByOthersOnHsmIT extends JournalCheckedByOthersIT {}
