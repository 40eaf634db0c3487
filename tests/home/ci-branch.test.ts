import { expect, test } from "bun:test";
import { ciBranches } from "../../src/home/ci-branch.ts";
import type { Environment } from "../../src/home/env.ts";

const commit = "a".repeat(40);
const none = undefined;

const JOBS: readonly [string, Environment, string | undefined][] = [
  ["GitHub, a push", { GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "dev", GITHUB_SHA: commit }, "dev"],
  ["GitHub, a tag", { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1", GITHUB_SHA: commit }, none],
  [
    "GitHub, a pull request",
    { GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "fix/a", GITHUB_REF_NAME: "7/merge", GITHUB_SHA: commit },
    "fix/a",
  ],
  [
    "GitHub, pull_request_target, which runs on the branch below",
    {
      GITHUB_EVENT_NAME: "pull_request_target",
      GITHUB_HEAD_REF: "fix/a",
      GITHUB_REF_TYPE: "branch",
      GITHUB_REF_NAME: "main",
      GITHUB_SHA: commit,
    },
    "main",
  ],
  ["GitLab", { CI_COMMIT_REF_NAME: "dev", CI_COMMIT_BRANCH: "dev", CI_COMMIT_SHA: commit }, "dev"],
  ["GitLab, a tag", { CI_COMMIT_REF_NAME: "v1", CI_COMMIT_TAG: "v1", CI_COMMIT_SHA: commit }, none],
  ["GitLab, a merge request", { CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "mr", CI_COMMIT_SHA: commit }, "mr"],
  ["Buildkite", { BUILDKITE_BRANCH: "dev", BUILDKITE_COMMIT: commit, BUILDKITE_TAG: "" }, "dev"],
  ["CircleCI", { CIRCLE_BRANCH: "dev", CIRCLE_SHA1: commit }, "dev"],
  ["Travis CI", { TRAVIS_BRANCH: "main", TRAVIS_PULL_REQUEST_BRANCH: "pr", TRAVIS_COMMIT: commit }, "pr"],
  ["Bitbucket", { BITBUCKET_BRANCH: "dev", BITBUCKET_COMMIT: commit }, "dev"],
  ["Drone", { DRONE_BRANCH: "dev", DRONE_COMMIT_SHA: commit }, "dev"],
  ["Azure", { BUILD_SOURCEBRANCH: "refs/heads/a/b", BUILD_SOURCEVERSION: commit }, "a/b"],
  ["Azure, a pull request's merge", { BUILD_SOURCEBRANCH: "refs/pull/1/merge", BUILD_SOURCEVERSION: commit }, none],
  ["Jenkins", { GIT_BRANCH: "origin/dev", BRANCH_NAME: "dev", GIT_COMMIT: commit }, "dev"],
  ["CodeBuild", { CODEBUILD_WEBHOOK_HEAD_REF: "refs/heads/dev", CODEBUILD_RESOLVED_SOURCE_VERSION: commit }, "dev"],
  ["Semaphore", { SEMAPHORE_GIT_BRANCH: "dev", SEMAPHORE_GIT_SHA: commit }, "dev"],
  ["AppVeyor", { APPVEYOR_REPO_BRANCH: "dev", APPVEYOR_REPO_COMMIT: commit.toUpperCase() }, "dev"],
  ["no host", { HOME: "/home/ada" }, none],
];

test.each(JOBS)("%s", (_, env, branch) => {
  expect(ciBranches(env)).toEqual(branch === undefined ? [] : [{ branch, commit }]);
});
