/// Device keys: usable alone, beside any program.
module dev.custodian.device {
    // Bytes, Secret and Refused are part of the interface.
    requires transitive dev.custodian.core;
    // Annotations for the compiler only: absent at run time.
    requires static transitive org.jspecify;
    requires java.smartcardio;

    exports dev.custodian.device;
    exports dev.custodian.device.piv;
    exports dev.custodian.device.jca;
    exports dev.custodian.device.login;
    exports dev.custodian.device.tpm;
    exports dev.custodian.device.windows;
}
