/** What the You view asks and tells the server of the model that answers the space's questions. */
import { CHAT_ANSWER } from "../protocol/decode-chat.ts";
import { CHAT_MODEL_INFO, type ChatModelChange } from "../protocol/chat-model-api.ts";
import { ask } from "./api.ts";

const path = "/v1/space/model";

export const askModel = (signal: AbortSignal) => ask({ path, type: CHAT_MODEL_INFO, signal });
export const changeModel = (body: ChatModelChange) => ask({ path, method: "PUT", body, type: CHAT_MODEL_INFO });
export const endModel = () => ask({ path, method: "DELETE", type: CHAT_MODEL_INFO });

/** A question like any other, which counts as one. */
export const tryModel = () =>
  ask({
    path: "/v1/chat",
    method: "POST",
    body: { question: "In one sentence: what is in this index?" },
    accept: "application/json",
    type: CHAT_ANSWER,
  });
