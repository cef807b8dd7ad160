/// What the server remembers: rows, and the atomic operations over them (DESIGN §9).
///
/// The interfaces say nothing of a dialect; all SQL is behind them. [Store#begin()] starts the one
/// kind of transaction that writes, [Store#read()] a snapshot. Only package `journal` begins the
/// former.
@NullMarked
package dev.custodian.server.store;

import org.jspecify.annotations.NullMarked;
