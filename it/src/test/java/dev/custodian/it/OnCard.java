package dev.custodian.it;

import dev.custodian.it.device.CardOfMachine;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// For a class that repeats the tests of another: each [Machine] of its has its device key on a
/// simulated card of its own.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnCard.Switch.class)
@interface OnCard {
    /// The classes run one after the other, and this is on for one of them.
    final class Switch implements BeforeAllCallback, AfterAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            Machine.newStores(_ -> CardOfMachine.start());
        }

        @Override
        public void afterAll(ExtensionContext context) {
            Machine.newStores(null);
        }
    }
}
