/// Asking the person (DESIGN §5.2): [Question] and [Answer], by whatever [Prompt] there is. What
/// others say is shown as a [Line] each, and never as a fact.
@NullMarked
package dev.custodian.agent.prompt;

import org.jspecify.annotations.NullMarked;
