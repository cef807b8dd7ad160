/// Signs and verifies PDF documents. The only shipped code that loads PDFBox and Bouncy Castle's
/// CMS. It never sees a private key, opens no connection, and hands out nothing but digests.
@NullMarked
package dev.custodian.document;

import org.jspecify.annotations.NullMarked;
