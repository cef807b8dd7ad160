package dev.custodian.it.rules;

/// A set of packages with the layout of the product: the product itself, or the broken one.
///
/// @param root the base package
record World(String root) {
    /// A package and all below it.
    String all(String name) {
        return root + "." + name + "..";
    }

    /// A package alone.
    String only(String name) {
        return root + "." + name;
    }

    /// Packages and all below them.
    String[] all(String... names) {
        var packages = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            packages[i] = all(names[i]);
        }
        return packages;
    }
}
