package dev.custodian.server.oauth;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;

/// Reads signed JWTs.
final class Jwt {
    private Jwt() {}

    /// Reads the compact form; the library fails on the header `null`, which is JSON but no object.
    static SignedJWT parse(String compact) throws ParseException {
        try {
            return SignedJWT.parse(compact);
        } catch (NullPointerException e) {
            throw new ParseException("no header", 0);
        }
    }
}
