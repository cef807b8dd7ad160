package dev.custodian.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// For a class that repeats the tests of another: each [Installation] of its has its keys in a new
/// token of SoftHSM.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnHsm.Switch.class)
@interface OnHsm {
    /// The classes run one after the other, and this is on for one of them.
    final class Switch implements BeforeAllCallback, AfterAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            Installation.onHsm(true);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            Installation.onHsm(false);
        }
    }
}
