package dev.custodian.it.broken.client;

final class PrintsItself {
    private PrintsItself() {}

    static void print() {
        System.out.println("signed");
    }
}
