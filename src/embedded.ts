/** Bun's compiled binary keeps its modules and files under a path of its own. */
const EMBEDDED = /^(?:file:\/\/)?(?:\/(?:\$|%24)bunfs|\/?[A-Z]:[\\/]~BUN)[\\/]/i;

/** Does this path or module URL lie inside the compiled binary? Of `import.meta.url`: does the program run from it? */
export const isEmbedded = (pathOrUrl: string): boolean => EMBEDDED.test(pathOrUrl);
