/** One line of text in a window of the full screen, edited at its end. */

/** @returns undefined: the key does not edit text */
export function editText(text: string, key: string, typed: string): string | undefined {
  if (key === "backspace") return Array.from(text).slice(0, -1).join("");
  if (key === "ctrl-u") return "";
  if (key === "ctrl-w") return text.replace(/\S*\s*$/, "");
  return typed === "" ? undefined : text + oneLine(typed);
}

/** What was pasted may have a line feed at its end. */
export const oneLine = (text: string): string => text.replace(/[\r\n]+$/, "").replace(/[\r\n\t]+/g, " ");
