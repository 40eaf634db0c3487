/** Does a path say that a file is a test, an example or a document? Made-up credentials stand there. */

const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|testdata|test-data|testing|e2e|integration|examples?|samples?|mocks?|__mocks__|demos?|(?:\w+-)?docs?|documentation|guides?|website|benchmarks?)\/|[._-](?:tests?|specs?|mocks?|fixtures?|stories|examples?)\.[^/]*$|(?:tests?|specs?)\.[a-z]+$|(?:^|\/)test_[^/]*$|(?:^|\/)(?:readme|changelog|contributing|history)[^/]*$/;

/** @param path lower case */
export const isTestPath = (path: string): boolean => TEST_PATH.test(path);
