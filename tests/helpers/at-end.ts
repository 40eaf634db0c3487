/** What one file of tests leaves for the next in the same process, and how it is undone after the last one (shared-between-files.ts). */
export const atEnd: (() => Promise<void>)[] = [];
