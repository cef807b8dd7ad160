/// Stands in the product's own package: what is measured is what the vault does, part by part.
@NullMarked
package dev.custodian.server.vault;

import org.jspecify.annotations.NullMarked;
