package dev.custodian.link;

/// What a frame carries.
public sealed interface Message permits Request, Answer {}
