/** Where the command's name begins in a command line: options may stand before it. -1: there is none. */
export const commandAt = (argv: readonly string[]): number => argv.findIndex((word) => !word.startsWith("-"));
