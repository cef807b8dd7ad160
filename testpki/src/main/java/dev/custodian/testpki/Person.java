package dev.custodian.testpki;

/// The natural person whom a test certificate names.
///
/// @param number tells people of the same name apart, without saying anything else about them
public record Person(String givenName, String surname, String number) {
    public Person {
        if (givenName.isBlank() || surname.isBlank() || number.isBlank()) {
            throw new IllegalArgumentException("a person needs two names and a number");
        }
    }

    /// How the certificate calls the person for a reader.
    String commonName() {
        return givenName + " " + surname + " (TEST)";
    }
}
