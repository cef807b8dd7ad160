/// The prompt on a desktop: a window in Swing, the only package that knows Swing. Its classes load
/// with the first question, so that an agent that shows none starts without them.
@NullMarked
package dev.custodian.agent.prompt.desktop;

import org.jspecify.annotations.NullMarked;
