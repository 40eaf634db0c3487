/** `import { CloudSync } from "repobase"`: all that a program may use (docs/SDK.md). */
export { RepobaseError, isRepobaseError, type ErrorCode } from "../protocol/errors.ts";
export type { SearchHit, SearchResponse } from "../protocol/search-api.ts";
export { CloudSync } from "./cloud-sync.ts";
export type {
  CallOption,
  CloudConfig,
  CloudConfigInput,
  CloudSyncOptions,
  PushResult,
  SearchOptions,
  SyncedRepo,
  SyncStatus,
} from "./contract.ts";
