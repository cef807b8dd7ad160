package dev.custodian.it.rules;

import com.tngtech.archunit.lang.ArchRule;

/// A rule with its reason.
///
/// @param breaker a class of the broken world that breaks it, so that the rule is known to see
record Rule(ArchRule rule, String breaker) {
    @Override
    public String toString() {
        return rule.getDescription();
    }
}
