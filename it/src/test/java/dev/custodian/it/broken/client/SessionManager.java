package dev.custodian.it.broken.client;

interface SessionManager {}
