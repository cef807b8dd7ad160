"""certify.py INPUT OUTPUT KEY CERTIFICATE: certifies a PDF as its author who allows no change at all."""

import sys

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

source, output, key, certificate = sys.argv[1:]
with open(source, "rb") as pdf, open(output, "wb") as certified:
    signers.sign_pdf(
        IncrementalPdfFileWriter(pdf),
        signers.PdfSignatureMetadata(
            field_name="Author", certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES
        ),
        signer=signers.SimpleSigner.load(key, certificate),
        output=certified,
    )
