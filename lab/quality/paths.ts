/** Which files questions are cut from and may be answered by: no tests, nothing vendored, generated or translated. */

const FOREIGN =
  /(^|\/)(node_modules|vendor|third[_-]?party|thirdparty|external|deps|dist|build|out|target|generated|gen|__snapshots__|fixtures?|testdata|test-data|_?locales?|i18n|translations?|migrations|snapshots?|golden|site-packages|docs\/(zh|ja|ko|pt|es|fr|de|ru|it|tr)[^/]*)(\/|$)/i;
const NOT_WRITTEN =
  /(\.min\.|\.bundle\.|\.pb\.|_pb2|\.g\.|\.generated\.|_generated|package-lock|yarn\.lock|pnpm-lock|\.snap$|\.map$|\.lock$|bun\.lockb?$|CHANGELOG|CHANGES|HISTORY|NEWS|LICENSE|LICENCE|COPYING|AUTHORS|CONTRIBUTORS|SECURITY|CODE_OF_CONDUCT)/i;
const TEST =
  /(^|\/)(tests?|specs?|spec-dtslint|__tests__|testing|\w*Test|features|runtime-tests)(\/|$)|(_test|\.test|\.spec|Test|Tests|_spec)\.\w+$|(^|\/)test_/;

export const isAuthored = (path: string): boolean =>
  !FOREIGN.test(path) && !NOT_WRITTEN.test(path.slice(path.lastIndexOf("/") + 1));
export const isTest = (path: string): boolean => TEST.test(path);
