package dev.custodian.server.config;

import java.util.Locale;

/// How log lines look.
public enum LogFormat {
    /// One JSON object a line.
    JSON,
    /// For people.
    TEXT;

    /// The word in the configuration.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
