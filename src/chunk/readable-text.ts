/**
 * What a grammar cannot read is replaced before parsing, one character for one, so that every position stays: the tree is
 * about lines and names, not about the text. Only Swift needs it: its grammar knows `#if` at top level alone, and recovers
 * from one inside a type so badly that a tenth of the files of a big project had no tree, at a quarter of the speed.
 */
import type { Grammar } from "./languages.ts";

/** Both branches of a condition are then read as if they stood one after the other. */
const DIRECTIVE_LINE = /^[ \t]*#(?:if|elseif|else|endif|error|warning|sourceLocation)\b.*$/gm;
/** `#available(iOS 17, *)`, `throws(Failure)`, `nonisolated(unsafe)` */
const ARGUMENTS = /(?<=#(?:un)?available|\bthrows|\bnonisolated)\([^()\n]*\)/g;
/** `#"..."#`, as a number. */
const RAW_STRING = /#+"(?!"")[^\n]*?"#+/g;
/** `#fileID`, `#expect(...)`, as identifiers. */
const MACRO_SIGN = /#(?=[A-Za-z])/g;

export function readableText(grammar: Grammar, text: string): string {
  if (grammar !== "swift") return text;
  const withoutLines = text.replace(DIRECTIVE_LINE, blank).replace(ARGUMENTS, blank);
  return withoutLines.replace(RAW_STRING, (string) => "0".repeat(string.length)).replace(MACRO_SIGN, "_");
}

const blank = (part: string): string => part.replace(/[^\r]/g, " ");
