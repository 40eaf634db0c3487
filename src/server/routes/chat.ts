/** `/v1/chat`: a question about the caller's space, answered with citations, as a stream of events or as one JSON object. */
import { Hono } from "hono";
import type { Context } from "hono";
import { answerQuestion, type AskedChat } from "../../chat/answer-question.ts";
import { CHAT_QUESTION, type ChatQuestion, checkQuestion } from "../../protocol/chat-api.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { holdToRate } from "../rate-limit.ts";
import { dayMeter } from "../chat/day-meter.ts";
import { collectAnswer, eventResponse } from "../chat/event-response.ts";
import { type SpaceModel, spaceModel } from "../chat/space-model.ts";
import { isServerFailure } from "../failure.ts";
import { readQuestion } from "../limits.ts";
import { serverLibrary, spaceReader } from "../library.ts";

export function chatRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.post("/chat", async (c) => {
    const body = await readQuestion<ChatQuestion>(c.req.raw, services.limits.smallBody, CHAT_QUESTION);
    const gone = new AbortController();
    const signal = AbortSignal.any([c.req.raw.signal, gone.signal]);
    const events = answerQuestion(await askedBy(services, c, body, signal));
    if (wantsJson(c.req.header("accept"))) return c.json(await collectAnswer(events));
    return eventResponse({ events, giveUp: () => gone.abort() });
  });
  return app;
}

const wantsJson = (accept = ""): boolean =>
  accept.includes("application/json") && !accept.includes("text/event-stream");

async function askedBy(
  services: Services,
  c: Context<AppEnv>,
  body: ChatQuestion,
  signal: AbortSignal,
): Promise<AskedChat> {
  const { userId } = c.var.caller;
  const question = checkQuestion(body.question);
  const repos = [...new Set((body.repos ?? listOf(body.repo)).map(checkRepoId))];
  const { owner, model, limits } = await spaceModel(services, userId);
  const isAsked = model !== null && body.model !== false;
  if (isAsked) await holdToRate(services.chatLimit, `chat ${userId}`);
  return {
    library: serverLibrary({ ...spaceReader(services, c), signal }),
    model: isAsked ? model : null,
    question,
    history: body.history ?? [],
    scope: { repos, ref: body.ref || null },
    maxAnswerTokens: limits.maxAnswerTokens,
    ...(isAsked && { meter: dayMeter(services, userId, limits) }),
    isOwnModel: owner === "space",
    onError: (error) => {
      if (isOperators(error, owner)) services.onFailure({ error, method: c.req.method, path: c.req.path });
    },
    signal,
  };
}

const listOf = (repo: ChatQuestion["repo"]): readonly string[] => (typeof repo === "string" ? [repo] : (repo ?? []));

/** What a space's own endpoint says is the space's business, and so is a day's limit. */
const isOperators = (error: unknown, owner: SpaceModel["owner"]): boolean =>
  !isRepobaseError(error) || (owner === "server" && (isServerFailure(error) || error.fields["status"] !== undefined));
