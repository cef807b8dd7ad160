package dev.custodian.server.csc;

/// How the service presents itself in `info`.
///
/// @param name at most 255 characters
/// @param region ISO 3166-1 alpha-2
/// @param description at most 255 characters
public record Service(String name, String region, String description) {
    private static final int LONGEST = 255;

    public Service {
        if (name.isBlank() || name.length() > LONGEST || description.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "name and description have at most " + LONGEST + " characters");
        }
        if (!region.matches("[A-Z]{2}")) {
            throw new IllegalArgumentException("region is two capital letters");
        }
    }
}
