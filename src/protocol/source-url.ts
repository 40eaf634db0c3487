/**
 * Where a repository comes from, as a stranger may tell it: whoever can write the bucket writes this field, and another
 * machine may clone from it. Only a plain http or https URL is taken, and what could be a password is not kept.
 */

/** Longer ones are no URL that a person gave. */
const MAX_URL = 2000;

/** @returns the URL without credentials, query and fragment; null for anything but http and https */
export function plainSourceUrl(text: string | null): string | null {
  // a control character would be dropped by the parser, and shown by a terminal
  // oxlint-disable-next-line no-control-regex
  if (text === null || text.length > MAX_URL || /[\u0000-\u001f\u007f]/.test(text) || !/^https?:\/\//i.test(text))
    return null;
  try {
    const { protocol, host, pathname } = new URL(text);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return null;
  }
}
