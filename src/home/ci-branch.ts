/**
 * Which branch a CI job is about. Most hosts check a commit out without its branch, and say both in variables: one line a
 * host. A name counts only for the commit that stands beside it, or where git agrees: a job may have checked out another one.
 */
import type { Environment } from "./env.ts";

export interface CiBranch {
  /** A short name, `feature/x`. */
  readonly branch: string;
  /** As the host writes it; undefined: it does not say. */
  readonly commit: string | undefined;
}

type Host = (env: Environment) => { readonly branch: string | undefined; readonly commit: string | undefined };

/** In a request to merge the branch that is asked for, not the one that it shall go into. A tag is no branch. */
const HOSTS: readonly Host[] = [
  // pull_request_target runs on the branch that is merged into, though GITHUB_HEAD_REF is set
  (env) => ({
    branch:
      env.GITHUB_EVENT_NAME === "pull_request" && env.GITHUB_HEAD_REF
        ? env.GITHUB_HEAD_REF
        : env.GITHUB_REF_TYPE === "branch"
          ? env.GITHUB_REF_NAME
          : undefined,
    commit: env.GITHUB_SHA,
  }),
  (env) => ({
    branch:
      env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME ||
      env.CI_COMMIT_SOURCE_BRANCH || // Woodpecker
      env.CI_COMMIT_BRANCH ||
      (env.CI_COMMIT_TAG ? undefined : env.CI_COMMIT_REF_NAME),
    commit: env.CI_COMMIT_SHA,
  }),
  (env) => ({ branch: env.BUILDKITE_TAG ? undefined : env.BUILDKITE_BRANCH, commit: env.BUILDKITE_COMMIT }),
  (env) => ({ branch: env.CIRCLE_BRANCH, commit: env.CIRCLE_SHA1 }),
  (env) => ({
    branch: env.TRAVIS_PULL_REQUEST_BRANCH || (env.TRAVIS_TAG ? undefined : env.TRAVIS_BRANCH),
    commit: env.TRAVIS_COMMIT,
  }),
  (env) => ({ branch: env.BITBUCKET_BRANCH, commit: env.BITBUCKET_COMMIT }),
  (env) => ({
    branch: env.DRONE_SOURCE_BRANCH || (env.DRONE_TAG ? undefined : env.DRONE_BRANCH),
    commit: env.DRONE_COMMIT_SHA,
  }),
  // BUILD_SOURCEBRANCHNAME is only the last part of the name
  (env) => ({ branch: env.SYSTEM_PULLREQUEST_SOURCEBRANCH || env.BUILD_SOURCEBRANCH, commit: env.BUILD_SOURCEVERSION }),
  (env) => ({ branch: env.CHANGE_BRANCH || env.GIT_BRANCH || env.BRANCH_NAME, commit: env.GIT_COMMIT }), // Jenkins
  (env) => ({ branch: env.CODEBUILD_WEBHOOK_HEAD_REF, commit: env.CODEBUILD_RESOLVED_SOURCE_VERSION }),
  (env) => ({
    branch:
      env.SEMAPHORE_GIT_PR_BRANCH || (env.SEMAPHORE_GIT_REF_TYPE === "tag" ? undefined : env.SEMAPHORE_GIT_BRANCH),
    commit: env.SEMAPHORE_GIT_SHA,
  }),
  (env) => ({
    branch:
      env.APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH ||
      (env.APPVEYOR_REPO_TAG?.toLowerCase() === "true" ? undefined : env.APPVEYOR_REPO_BRANCH),
    commit: env.APPVEYOR_REPO_COMMIT,
  }),
];

/** What each host that the environment speaks of says. */
export function ciBranches(env: Environment): readonly CiBranch[] {
  return HOSTS.flatMap((host) => {
    const { branch = "", commit } = host(env);
    const short = branch.replace(/^(?:refs\/heads\/|refs\/remotes\/origin\/|origin\/)/, "");
    return short === "" || short.startsWith("refs/") ? [] : [{ branch: short, commit: commit?.toLowerCase() }];
  });
}
