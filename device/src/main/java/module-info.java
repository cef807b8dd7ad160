/// Device keys: usable alone, beside any program.
module dev.custodian.device {
    requires dev.custodian.core;
    // Annotations for the compiler only: absent at run time.
    requires static org.jspecify;
}
