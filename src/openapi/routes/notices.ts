/** Notifications, webhooks, web push. */
import {
  ADD_WEBHOOK,
  CHANGE_WEBHOOK,
  ISSUED_WEBHOOK,
  NOTIFY_REQUEST,
  PUSH_KEY,
  PUSH_SUBSCRIPTION,
  PUSH_SUBSCRIPTION_LIST,
  SUBSCRIBE,
  WEBHOOK,
  WEBHOOK_LIST,
  WEBHOOK_TEST,
} from "../../protocol/notice-api.ts";
import { NAMED_BY_ID, NOTIFICATION, NOTIFICATIONS } from "../answers.ts";
import { param, type RouteTable } from "../route.ts";

export const NOTICES: RouteTable = {
  "GET /v1/notifications": {
    about: "What happened in the space, the newest first",
    needs: "read",
    query: { limit: param("so many, 50 at most (default 20)"), cursor: param("`next` of the page before") },
    answers: { 200: { schema: NOTIFICATIONS } },
  },
  "POST /v1/notifications": {
    about: "Tell the space the result of a task; 200: the idempotency key was seen before",
    needs: "notify",
    body: NOTIFY_REQUEST,
    answers: { 200: { schema: NOTIFICATION }, 201: { schema: NOTIFICATION } },
    errors: ["rate_limited"],
  },
  "GET /v1/space/webhooks": {
    about: "Where the space's notices are sent",
    needs: "admin",
    answers: { 200: WEBHOOK_LIST },
  },
  "POST /v1/space/webhooks": {
    about: "Send notices to an address; the answer alone has the secret",
    needs: "admin",
    body: ADD_WEBHOOK,
    answers: { 201: ISSUED_WEBHOOK },
    errors: ["quota_exceeded"],
  },
  "PUT /v1/space/webhooks/:id": {
    about: "Change a webhook, or enable it again",
    needs: "admin",
    body: CHANGE_WEBHOOK,
    answers: { 200: WEBHOOK },
    errors: ["not_found"],
  },
  "DELETE /v1/space/webhooks/:id": {
    about: "Send nothing there any more",
    needs: "admin",
    answers: { 200: { schema: NAMED_BY_ID } },
    errors: ["not_found"],
  },
  "POST /v1/space/webhooks/:id/test": {
    about: "Send a test notice at once, and say what came of it",
    needs: "admin",
    answers: { 200: WEBHOOK_TEST },
    errors: ["not_found"],
  },
  "GET /v1/push/key": {
    about: "The server's key, for `applicationServerKey` of a browser's `pushManager.subscribe`",
    needs: "read",
    answers: { 200: PUSH_KEY },
  },
  "GET /v1/push/subscriptions": {
    about: "The caller's own devices that are sent the space's notices",
    needs: "read",
    answers: { 200: PUSH_SUBSCRIPTION_LIST },
  },
  "POST /v1/push/subscriptions": {
    about: "Send the space's notices to this device too; the same endpoint again changes it",
    needs: "read",
    body: SUBSCRIBE,
    answers: { 201: PUSH_SUBSCRIPTION },
    errors: ["quota_exceeded"],
  },
  "DELETE /v1/push/subscriptions/:id": {
    about: "Send nothing to this device any more",
    needs: "read",
    answers: { 200: { schema: NAMED_BY_ID } },
    errors: ["not_found"],
  },
};
