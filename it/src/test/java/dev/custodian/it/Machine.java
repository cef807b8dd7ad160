package dev.custodian.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Somebody's machine: a home folder, the agent as `./custodian agent` starts it, and the commands
/// that are typed there. In pinentry's place a script types what the test says.
public final class Machine implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private static StoreMaker newStores = _ -> new FilesOfMachine();

    private final Path home;
    private final StoreOfMachine store;
    private @Nullable Process agent;

    private Machine(Path home, StoreOfMachine store) {
        this.home = home;
        this.store = store;
    }

    /// Gives a machine what keeps its device keys.
    public interface StoreMaker {
        StoreOfMachine make(Path home) throws Exception;
    }

    /// What machines get from now on; null for files, as at first.
    static void newStores(@Nullable StoreMaker maker) {
        newStores = maker == null ? _ -> new FilesOfMachine() : maker;
    }

    /// A machine whose agent does not run yet.
    public static Machine in(Path home) throws Exception {
        Files.createDirectories(home);
        return in(home, newStores.make(home));
    }

    /// The same, with this for its device keys; ends it at last.
    public static Machine in(Path home, StoreOfMachine store) throws IOException {
        Files.createDirectories(home.resolve("run"));
        var pinentry = home.resolve("pinentry");
        Files.writeString(
                pinentry,
                """
                #!/bin/sh
                cd '%s'
                echo OK Pleased to meet you
                while read -r line; do
                    printf '%%s\\n' "$line" >> asked
                    case $line in
                        'SETPROMPT PIN') answer=pin ;;
                        'SETPROMPT Recovery code') answer=code ;;
                        'SETPROMPT New PIN') answer=new-pin ;;
                        'SETPROMPT Card PIN') answer=card-pin ;;
                        'SETPROMPT Management key') answer=management-key ;;
                        'SETPROMPT Passphrase' | 'SETPROMPT New passphrase') answer=passphrase ;;
                    esac
                    case $line in
                        GETPIN)
                            while [ -e thinking ]; do sleep 0.1; done
                            if [ -s $answer ]; then
                                typed=$(head -n 1 $answer)
                                [ $(wc -l < $answer) -lt 1 ] || sed -i 1d $answer
                                printf 'D %%s\\nOK\\n' $typed
                            elif [ $answer = passphrase ]; then echo OK
                            else echo 'ERR 83886179 Operation cancelled <Pinentry>'; fi ;;
                        *) echo OK ;;
                    esac
                done
                """
                        .formatted(home));
        Files.setPosixFilePermissions(pinentry, PosixFilePermissions.fromString("rwx------"));
        return new Machine(home, store);
    }

    Path home() {
        return home;
    }

    /// What the agent keeps.
    Path state() {
        return home.resolve("state/custodian");
    }

    Path socket(String name) {
        return home.resolve("run/custodian").resolve(name);
    }

    StoreOfMachine store() {
        return store;
    }

    private Map<String, String> environment() {
        var environment =
                new HashMap<>(
                        Map.of(
                                "HOME",
                                home.toString(),
                                "XDG_RUNTIME_DIR",
                                home.resolve("run").toString(),
                                "XDG_STATE_HOME",
                                home.resolve("state").toString(),
                                "XDG_CONFIG_HOME",
                                home.resolve("config").toString(),
                                Program.BUS,
                                Program.NO_BUS,
                                "JAVA_HOME",
                                System.getProperty("java.home")));
        environment.putAll(store.environment());
        return environment;
    }

    /// Starts the agent.
    ///
    /// @param before words in front of the command, such as those of faketime
    public void start(String... before) throws Exception {
        var line = new ArrayList<>(List.of(before));
        line.addAll(
                List.of(
                        Program.HOME.resolve("custodian").toString(),
                        "agent",
                        "--pinentry",
                        home.resolve("pinentry").toString(),
                        "--device-store",
                        store.option()));
        var builder =
                new ProcessBuilder(line)
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectError(Redirect.appendTo(home.resolve("agent.log").toFile()));
        builder.environment().putAll(environment());
        var process = builder.start();
        agent = process;
        var ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (ready == null || !ready.startsWith("SSH_AUTH_SOCK=")) {
            throw new AssertionError("the agent did not start:\n" + log());
        }
    }

    String log() throws IOException {
        return Files.readString(home.resolve("agent.log"));
    }

    /// Types `custodian` and these words.
    public Program.Ran custodian(String... words) throws Exception {
        return run(Program.line(Program.HOME.resolve("custodian"), words));
    }

    /// Types a command.
    Program.Ran run(List<String> line) throws Exception {
        return Program.run(home, environment(), line);
    }

    /// From now on the person types this, line by line and the last line again and again; nothing
    /// for a no. What was asked before is forgotten.
    void types(String pin, String newPin, String code) throws IOException {
        Files.writeString(home.resolve("pin"), pin);
        Files.writeString(home.resolve("new-pin"), newPin);
        Files.writeString(home.resolve("code"), code);
        Files.writeString(home.resolve("asked"), "");
    }

    /// From now on the person answers nothing, or goes on to answer.
    void thinks(boolean thinking) throws IOException {
        var file = home.resolve("thinking");
        if (thinking) {
            Files.createFile(file);
        } else {
            Files.delete(file);
        }
    }

    /// From now on the person types this passphrase, and chooses it; none when it is empty, as
    /// before the first call.
    void passphrase(String passphrase) throws IOException {
        Files.writeString(home.resolve("passphrase"), passphrase);
    }

    /// From now on the person types this PIN of the card, line by line.
    void cardPin(String pin) throws IOException {
        Files.writeString(home.resolve("card-pin"), pin);
    }

    /// From now on the person types this management key of the card, line by line.
    void managementKey(String key) throws IOException {
        Files.writeString(home.resolve("management-key"), key);
    }

    /// From now on the person types this PIN.
    public void types(String pin) throws IOException {
        types(pin, "", "");
    }

    /// The descriptions of the questions since then, a line of `|` for each line feed.
    List<String> asked() throws IOException {
        return Files.readAllLines(home.resolve("asked")).stream()
                .filter(line -> line.startsWith("SETDESC "))
                .map(line -> line.substring(8).replace("%0A", "|").replace("%25", "%"))
                .toList();
    }

    /// The recovery code that the last question showed.
    String shownCode() throws IOException {
        var last = asked().getLast();
        return last.substring(last.lastIndexOf(' ') + 1).replace("|", "");
    }

    long pid() {
        return agent == null ? 0 : agent.pid();
    }

    /// Ends the agent as an operating system does that has no memory left.
    void kill() {
        if (agent != null) {
            agent.destroyForcibly();
            agent.onExit().join();
            store.ended();
        }
    }

    @Override
    public void close() {
        end();
        store.close();
    }

    /// Ends the agent as a desktop does that logs out.
    void end() {
        if (agent != null) {
            agent.destroy();
            agent.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
            store.ended();
        }
    }
}
