/** A question answered with citations: over the indexes of this machine with the person's own model, or by the server. */
import { answerQuestion } from "../../chat/answer-question.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import type { ChatEvent, ChatTurn } from "../../protocol/chat-api.ts";
import { decodeChatEvent } from "../../protocol/decode-chat.ts";
import { DEFAULT_CHAT_LIMITS } from "../../protocol/chat-model-api.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { callForEvents } from "../../remote/remote-client.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { localLibrary } from "./local-library.ts";
import { ownModel } from "./own-model.ts";
import { remoteIds } from "./remote-ids.ts";

export interface Question {
  readonly question: string;
  readonly history: readonly ChatTurn[];
  /** Names or ids; none: all. */
  readonly repos: readonly string[];
  readonly ref: string | null;
  /** false: the sources alone. */
  readonly model: boolean;
}

export type Answerer = (question: Question) => AsyncIterable<ChatEvent>;

/** Opens once, answers many. */
export function localAsk(
  home: Home,
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
): Answerer {
  const library = localLibrary(home, { cwd, signal });
  return ({ question, history, repos, ref, model }) => {
    const known = asCheckedOut(home.config().repos, cwd, home.env);
    return answerQuestion({
      library,
      model: (model ? ownModel(home) : undefined) ?? null,
      question,
      history,
      scope: { repos: repos.map((name) => findRepo(known, name).id), ref },
      maxAnswerTokens: DEFAULT_CHAT_LIMITS.maxAnswerTokens,
      isOwnModel: true,
      signal,
    });
  };
}

export function remoteAsk(home: Home, signal: AbortSignal): Answerer {
  const cloud = requireCloud(home, { enabled: false });
  return async function* ask({ repos, ...question }) {
    const body = { ...question, repos: await remoteIds({ home, cloud, signal }, repos) };
    for await (const { data } of callForEvents({ cloud, path: "/v1/chat", body, signal })) {
      const event = decodeChatEvent(data);
      if (event) yield event;
    }
  };
}
