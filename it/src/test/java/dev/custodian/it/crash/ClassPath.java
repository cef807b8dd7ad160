package dev.custodian.it.crash;

import dev.custodian.it.Fork;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// The class path of the servers, made ready once for thousands of starts: jars alone, since no
/// cache can vouch for what is in folders; without signatures, whose check is dear and keeps
/// classes out of a cache; and SQLite's library laid out, which each server that is killed would
/// leave behind among the temporary files.
final class ClassPath {
    private static final Path FOLDER =
            Path.of(System.getProperty("custodian.home"), "it/target/crash-" + Fork.NUMBER);

    private static final String SQLITE =
            "org/sqlite/native/Linux/"
                    + System.getProperty("os.arch").replace("amd64", "x86_64")
                    + "/libsqlitejdbc.so";

    private ClassPath() {}

    private static List<String> options = List.of();

    /// What stands in a line before the class.
    static synchronized List<String> options() throws IOException {
        if (options.isEmpty()) {
            Files.createDirectories(FOLDER);
            var jars = new ArrayList<String>();
            for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (entry.endsWith(".jar")) {
                    jars.add(ready(Path.of(entry)).toString());
                }
            }
            options =
                    List.of(
                            "-Dorg.sqlite.lib.path=" + FOLDER,
                            "-cp",
                            String.join(File.pathSeparator, jars));
        }
        return options;
    }

    private static Path ready(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            var library = zip.getEntry(SQLITE);
            if (library != null) {
                try (var out =
                        Files.newOutputStream(FOLDER.resolve(Path.of(SQLITE).getFileName()))) {
                    zip.getInputStream(library).transferTo(out);
                }
            }
            if (zip.stream().noneMatch(ClassPath::isSignature)) {
                return jar;
            }
            var copy = FOLDER.resolve(jar.getFileName());
            try (var out = new ZipOutputStream(Files.newOutputStream(copy))) {
                for (var entry : zip.stream().toList()) {
                    if (!isSignature(entry)) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        zip.getInputStream(entry).transferTo(out);
                    }
                }
            }
            return copy;
        }
    }

    private static boolean isSignature(ZipEntry entry) {
        return entry.getName().matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    }
}
