package dev.custodian.it.prompt;

import java.awt.AWTException;
import java.awt.Rectangle;
import java.awt.Robot;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/// A program that takes a picture of a part of the screen: `Screenshot FILE X Y WIDTH HEIGHT`.
final class Screenshot {
    private Screenshot() {}

    public static void main(String[] args) throws AWTException, IOException {
        var part =
                new Rectangle(
                        Integer.parseInt(args[1]),
                        Integer.parseInt(args[2]),
                        Integer.parseInt(args[3]),
                        Integer.parseInt(args[4]));
        var picture = new Robot().createScreenCapture(part);
        if (!ImageIO.write(picture, "png", Path.of(args[0]).toFile())) {
            throw new IOException("no picture was written");
        }
    }
}
