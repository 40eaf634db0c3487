/** What an agent or a script tells its space, and what the space was told. */
import { NOTICE_ANSWER, NOTICE_LIST, type NotifyRequest } from "../../protocol/notice-api.ts";
import { callApi } from "../../remote/remote-client.ts";
import type { Own } from "./own-keys.ts";

/** A request without an idempotency key gets one, so that a try after a lost answer makes no second notice. */
export const sendNotice = ({ cloud, signal }: Own, request: NotifyRequest) => {
  const body: NotifyRequest = { ...request, idempotencyKey: request.idempotencyKey ?? crypto.randomUUID() };
  return callApi({ cloud, signal, path: "/v1/notifications", method: "POST", body, answer: NOTICE_ANSWER });
};

/** The newest first. @param of.cursor `next` of the list before */
export const fetchNotices = (
  { cloud, signal }: Own,
  of: { readonly limit: number; readonly cursor: string | undefined },
) => {
  const query = new URLSearchParams({ limit: String(of.limit), ...(of.cursor ? { cursor: of.cursor } : {}) });
  return callApi({ cloud, signal, path: `/v1/notifications?${query}`, answer: NOTICE_LIST });
};
