package dev.custodian.it;

class RsaJudgedByOthersIT extends JudgedByOthers {
    RsaJudgedByOthersIT() {
        super("RSA-3072");
    }
}
