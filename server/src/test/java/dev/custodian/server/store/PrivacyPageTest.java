package dev.custodian.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.core.journal.Use;
import dev.custodian.core.json.Json;
import dev.custodian.server.journal.ChangeDetails;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/concepts/privacy.md` lists all that the server stores, and nothing that it does not.
class PrivacyPageTest {
    private static final Path PAGE = Path.of("../docs/concepts/privacy.md");
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern WORD = Pattern.compile("`([^`]+)`");
    private static final Pattern FIELD =
            Pattern.compile("(?:addKeyValue|putCloseable|MDC\\.put)\\(\\s*\"([^\"]*)\"");
    private static final Pattern SENTENCE =
            Pattern.compile(
                    "\\.(?:trace|debug|info|warn|error|log)\\(\\s*\"([^\"]*\\{\\}[^\"]*)\"");

    @TempDir Path folder;

    /// What is in backticks in the first cells of the table below a heading.
    private static Set<String> listed(String heading) throws IOException {
        var names =
                Files.readString(PAGE)
                        .lines()
                        .dropWhile(line -> !line.equals("## " + heading))
                        .skip(1)
                        .takeWhile(line -> !line.startsWith("## "))
                        .filter(line -> line.startsWith("| `"))
                        .flatMap(line -> WORD.matcher(line.split("\\|", -1)[1]).results())
                        .map(match -> match.group(1))
                        .toList();
        assertThat(names).as("each once").doesNotHaveDuplicates().isNotEmpty();
        return new TreeSet<>(names);
    }

    @Test
    void pageListsEachColumnOfTheDatabase() throws Exception {
        var file = folder.resolve("custodian.db");
        SqliteStore.open(file).close();
        var columns = new TreeSet<String>();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT t.name, c.name FROM sqlite_schema t,"
                                        + " pragma_table_info(t.name) c WHERE t.type = 'table' AND"
                                        + " t.name NOT LIKE 'sqlite%'")) {
            while (rows.next()) {
                columns.add(rows.getString(1) + "." + rows.getString(2));
            }
        }
        assertThat(listed("The server's database")).isEqualTo(columns);
    }

    @Test
    void pageListsEachMemberOfTheJournal() throws Exception {
        var members = new TreeSet<String>();
        for (var entry : oneOfEach()) {
            var record = Json.parse(entry.encode(), JournalRecord.MAX_SIZE);
            var kind = Json.members(record, "a record").text("kind");
            members(kind, record, members);
        }
        assertThat(listed("The journal's records")).isEqualTo(members);
    }

    private static void members(String path, Json value, Set<String> into) {
        switch (value) {
            case Json.Obj(var members) ->
                    members.forEach(
                            (name, member) -> {
                                into.add(path + "." + name);
                                members(path + "." + name, member, into);
                            });
            case Json.Arr(var items) -> items.forEach(item -> members(path, item, into));
            default -> {
                // a leaf: its name was taken
            }
        }
    }

    /// Each kind of record, with every member that it can have.
    private static List<JournalRecord> oneOfEach() {
        var time = Instant.EPOCH;
        var hash = Hashes.sha256(Bytes.utf8("something"));
        var place = new Place(Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16])), 2, hash);
        var digest = new Use.Digest(HashAlgorithm.SHA256, hash);
        var details = new TreeMap<String, String>();
        ChangeDetails.NAMES.forEach(name -> details.put(name, "something"));
        List<JournalRecord> records =
                List.of(
                        new Approval(
                                time,
                                place,
                                hash,
                                hash,
                                Level.BOUND,
                                List.of("device"),
                                "sender",
                                List.of(new Shown("document", "a", Shown.Source.COMPUTED))),
                        new Use(
                                time,
                                place,
                                7,
                                List.of(digest),
                                new SignatureScheme(Scheme.RSA_PSS_SHA256, 20)),
                        new Outcome(time, place, 8, List.of(new Outcome.Result.Signed(hash))),
                        new Change(time, place, "pin", "subject", "by", hash, details),
                        new ServerChange(time, "what", "subject", "by", details));
        assertThat(records.stream().map(Object::getClass).collect(Collectors.toSet()))
                .as("no kind is missing here")
                .isEqualTo(kinds(JournalRecord.class).collect(Collectors.toSet()));
        return records;
    }

    private static Stream<Class<?>> kinds(Class<?> kind) {
        return kind.isSealed()
                ? Stream.of(kind.getPermittedSubclasses()).flatMap(PrivacyPageTest::kinds)
                : Stream.of(kind);
    }

    @Test
    void pageListsEachFieldAndSentenceOfTheLogThatNamesSomething() throws IOException {
        var logged = new TreeSet<String>();
        logged.addAll(found(FIELD));
        logged.addAll(found(SENTENCE));
        assertThat(logged)
                .as("the patterns still find them")
                .contains("method", "request {} failed");
        assertThat(listed("The server's log")).isEqualTo(logged);
    }

    private static Set<String> found(Pattern pattern) throws IOException {
        try (var files = Files.walk(SOURCES)) {
            Function<Path, Stream<String>> matches =
                    file -> {
                        try {
                            return pattern.matcher(Files.readString(file))
                                    .results()
                                    .map(match -> match.group(1));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    };
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(matches)
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }
}
