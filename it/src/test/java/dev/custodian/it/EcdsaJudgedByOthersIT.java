package dev.custodian.it;

class EcdsaJudgedByOthersIT extends JudgedByOthers {
    EcdsaJudgedByOthersIT() {
        super("P-256");
    }
}
