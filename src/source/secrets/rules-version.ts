/** A file of its own: whoever only compares names of rules loads none of them. */

/** Names the rules. What was indexed or skipped under other ones is looked at again. Change it with any rule. */
export const SECRET_RULES_VERSION = "1";
