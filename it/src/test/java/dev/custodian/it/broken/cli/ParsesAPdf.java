package dev.custodian.it.broken.cli;

import org.apache.pdfbox.pdmodel.PDDocument;

interface ParsesAPdf {
    void with(PDDocument one);
}
