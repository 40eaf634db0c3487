/** The model that a server's operator set for all spaces that have none of their own. */
import type { ChatModel } from "../../chat/model.ts";
import type { ChatLimits } from "../../protocol/chat-model-api.ts";

export interface ServerChat {
  readonly model: ChatModel;
  /** Of each space. */
  readonly limits: ChatLimits;
}
