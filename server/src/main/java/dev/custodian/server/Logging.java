package dev.custodian.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.custodian.server.config.LogFormat;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The log: lines on stderr, since stdout is for results.
final class Logging {
    private static final String LIBRARIES = "org.eclipse.jetty";

    private Logging() {}

    /// Logs from now on as the configuration says; what libraries log through the JDK too.
    static void start(LogFormat format, String level) {
        var context = context();
        context.reset();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(format, context));
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(level, Level.INFO));
        root.addAppender(appender);
        quieten(context);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /// Below WARN the web library logs whole headers, which carry tokens: never.
    static void quieten(LoggerContext context) {
        context.getLogger(LIBRARIES).setLevel(Level.WARN);
    }

    /// Logs nothing: for commands that tell their user everything themselves.
    static void silence() {
        var context = context();
        context.reset();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
    }

    private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
        return switch (format) {
            case JSON -> {
                var encoder = new LogstashEncoder();
                encoder.setContext(context);
                encoder.start();
                yield encoder;
            }
            case TEXT -> {
                var encoder = new PatternLayoutEncoder();
                encoder.setContext(context);
                encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %-20logger{20} %msg %kvp%n%ex");
                encoder.start();
                yield encoder;
            }
        };
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("the log is not written by logback");
    }
}
