/** Colour and links for terminals that have them; plain text elsewhere. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  /** A matching term. */
  match(text: string): string;
  path(text: string): string;
  link(text: string, url: string): string;
}

const identity = (text: string): string => text;
export const plainStyle: Style = { bold: identity, dim: identity, match: identity, path: identity, link: identity };

const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
export const terminalStyle: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  match: (text) => `\u001b[1;33m${text}\u001b[22;39m`,
  path: sgr(36, 39),
  // OSC 8; terminals without it show the text alone
  link: (text, url) => `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`,
};
