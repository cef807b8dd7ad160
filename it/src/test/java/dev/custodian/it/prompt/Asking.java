package dev.custodian.it.prompt;

import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.OneAtATime;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.desktop.SwingPrompt;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A program that asks by the prompt of the desktop: for each line on standard input, the name of a
/// scene, one question at a time; on standard output what came of it. `gone FILE` is wanted as long
/// as there is no such file. `look` tells what a screen reader hears of the window.
final class Asking {
    private Asking() {}

    public static void main(String[] args) throws IOException {
        var prompt = new OneAtATime(new SwingPrompt());
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var scene = line;
            Thread.ofPlatform().start(() -> System.out.println(scene + ": " + come(prompt, scene)));
        }
        System.exit(0);
    }

    private static String come(Prompt prompt, String scene) {
        try {
            return ask(prompt, scene);
        } catch (Refused e) {
            return e.kind().name();
        }
    }

    private static String ask(Prompt prompt, String scene) throws Refused {
        var watch = watch(scene);
        return switch (scene.split(" ", -1)[0]) {
            case "look" -> Seen.windows();
            case "short" -> words(prompt.ask(Scenes.login(Duration.ofSeconds(2)), watch));
            case "login", "gone" -> words(prompt.ask(Scenes.login(Scenes.LIMIT), watch));
            case "commit" -> words(prompt.ask(Scenes.commit(), watch));
            case "document" -> words(prompt.ask(Scenes.document(), watch));
            case "hostile" -> words(prompt.ask(Scenes.hostile(), watch));
            case "pin" -> words(prompt.enter(Scenes.entry(Entry.Wanted.PIN), watch));
            case "new-pin" -> words(prompt.enter(Scenes.entry(Entry.Wanted.NEW_PIN), watch));
            case "passphrase" ->
                    words(prompt.enter(Scenes.entry(Entry.Wanted.NEW_PASSPHRASE), watch));
            case "code" -> words(prompt.enter(Scenes.entry(Entry.Wanted.RECOVERY_CODE), watch));
            case "notice" -> {
                prompt.tell(Scenes.notice(), watch);
                yield "noted";
            }
            default -> throw new IllegalArgumentException(scene);
        };
    }

    private static String words(Answer answer) {
        return switch (answer) {
            case Answer.Refusal() -> "no";
            case Answer.Approval(var pin) -> "yes, " + words(pin);
            case Answer.Consent(var pin, var offer) ->
                    "yes and " + offer.words() + ", " + words(pin);
        };
    }

    private static String words(Secret secret) {
        try (secret) {
            return new String(secret.expose(), StandardCharsets.UTF_8);
        }
    }

    private static Prompt.Watch watch(String scene) {
        return new Prompt.Watch() {
            @Override
            public boolean isWanted() {
                return !scene.startsWith("gone ") || !Files.exists(Path.of(scene.substring(5)));
            }

            @Override
            public List<String> waiting() {
                return List.of();
            }
        };
    }
}
