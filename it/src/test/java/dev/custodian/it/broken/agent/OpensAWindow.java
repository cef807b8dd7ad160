package dev.custodian.it.broken.agent;

import javax.swing.JFrame;

interface OpensAWindow {
    void with(JFrame one);
}
