/** Notifications, webhooks, web push. */
import { NOTICE_ANSWER, NOTICE_LIST, NOTIFY_REQUEST } from "../../protocol/notice-api.ts";
import { param, type RouteTable } from "../route.ts";

export const NOTICES: RouteTable = {
  "GET /v1/notifications": {
    about: "What happened in the space, the newest first",
    needs: "read",
    query: { limit: param("so many, 50 at most (default 20)"), cursor: param("`next` of the page before") },
    answers: { 200: NOTICE_LIST },
  },
  "POST /v1/notifications": {
    about: "Tell the space the result of a task; 200: the idempotency key was seen before",
    needs: "notify",
    body: NOTIFY_REQUEST,
    answers: { 200: NOTICE_ANSWER, 201: NOTICE_ANSWER },
    errors: ["rate_limited"],
  },
};
