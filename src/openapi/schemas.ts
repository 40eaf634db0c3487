/** Schemas that the document names: `components.schemas`, and the types of a client that is made of it. All others stand where they are used. */
import {
  DEVICE_STARTED,
  DEVICE_PENDING,
  DEVICE_KEY,
  AUTH_INFO,
  ME,
  SPACE_INFO,
  ISSUED_INVITATION,
  LISTED_SPACES,
} from "../protocol/identity-api.ts";
import { LISTED_KEYS, REMOTE_REPOS, REPO_SWEPT, REVOKED_KEY, WHO_AM_I } from "../protocol/cloud-api.ts";
import { ISSUED_WEBHOOK, NOTIFY_REQUEST, WEBHOOK, WEBHOOK_TEST } from "../protocol/notice-api.ts";
import { MANIFEST } from "../protocol/manifest.ts";
import { QUOTA_CHANGE, QUOTA_USE, USER_QUOTA } from "../protocol/quota.ts";
import { STORED_REF } from "../protocol/ref.ts";
import { SEARCH_RESPONSE } from "../protocol/search-api.ts";
import { SEARCH_BODY } from "../protocol/search-question.ts";
import { SNAPSHOT } from "../protocol/snapshot.ts";
import { FILE, LISTED_REFS, NEW_KEY, NOTIFICATION, NOTIFICATIONS } from "./answers.ts";
import {
  COMMIT_DIFF_ANSWER,
  COMMIT_LIST_ANSWER,
  FILE_DIFF_ANSWER,
  FILE_HISTORY_ANSWER,
  FILE_LIST_ANSWER,
  OCCURRENCES_ANSWER,
  OUTLINE_ANSWER,
} from "./browse-answers.ts";

export const SCHEMAS = {
  WhoAmI: WHO_AM_I.schema,
  QuotaUse: QUOTA_USE,
  SearchRequest: SEARCH_BODY,
  SearchResponse: SEARCH_RESPONSE.schema,
  Repos: REMOTE_REPOS.schema,
  File: FILE,
  FileList: FILE_LIST_ANSWER,
  CommitList: COMMIT_LIST_ANSWER,
  FileHistory: FILE_HISTORY_ANSWER,
  CommitDiff: COMMIT_DIFF_ANSWER,
  FileDiff: FILE_DIFF_ANSWER,
  Outline: OUTLINE_ANSWER,
  Occurrences: OCCURRENCES_ANSWER,
  Ref: STORED_REF.schema,
  Refs: LISTED_REFS,
  Manifest: MANIFEST.schema,
  Snapshot: SNAPSHOT.schema,
  RepoSwept: REPO_SWEPT.schema,
  AuthInfo: AUTH_INFO.schema,
  DeviceStarted: DEVICE_STARTED.schema,
  DevicePending: DEVICE_PENDING.schema,
  DeviceKey: DEVICE_KEY.schema,
  Me: ME.schema,
  Space: SPACE_INFO.schema,
  Invitation: ISSUED_INVITATION.schema,
  Spaces: LISTED_SPACES.schema,
  Keys: LISTED_KEYS.schema,
  NewKey: NEW_KEY,
  RevokedKey: REVOKED_KEY.schema,
  Notification: NOTIFICATION,
  Notifications: NOTIFICATIONS,
  NotifyRequest: NOTIFY_REQUEST,
  Webhook: WEBHOOK.schema,
  NewWebhook: ISSUED_WEBHOOK.schema,
  WebhookTest: WEBHOOK_TEST.schema,
  UserQuota: USER_QUOTA.schema,
  QuotaChange: QUOTA_CHANGE,
} as const;
