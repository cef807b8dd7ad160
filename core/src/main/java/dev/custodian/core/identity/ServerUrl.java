package dev.custodian.core.identity;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.net.URI;
import java.net.URISyntaxException;

/// The URLs under which a server lives: `https`, a host, perhaps a port and a path, and nothing
/// else that could lead elsewhere or be spelled in two ways.
final class ServerUrl {
    private ServerUrl() {}

    static URI parse(String text) throws MalformedException {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new MalformedException(Reason.SYNTAX, "not a URL");
        }
        if (!isServer(url)) {
            throw new MalformedException("not a URL of the form https://host[:port][/path]");
        }
        return url;
    }

    static boolean isServer(URI url) {
        int port = url.getPort();
        return "https".equals(url.getScheme())
                && url.getHost() != null
                && (port == -1 || port > 0 && port <= 65535)
                && url.getRawAuthority().equals(url.getHost() + (port == -1 ? "" : ":" + port))
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }
}
