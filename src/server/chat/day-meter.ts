/**
 * What a space asked its chat model today (UTC): one small record, `users/{space}/chat-day.json`, written twice a question, before the
 * model is asked and after. What cannot be counted before is not asked: a limit that gives way is none. Tokens are known only after,
 * so the last question of a day may go over their limit.
 */
import { literal } from "valibot";
import type { ChatMeter } from "../../chat/answer-question.ts";
import type { ChatDay } from "../../protocol/chat-api.ts";
import type { ChatLimits } from "../../protocol/chat-model-api.ts";
import { count, decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { checkUserId } from "../../protocol/keys.ts";
import type { Services } from "../app-env.ts";
import { changeDocument } from "../identity/registry.ts";

interface DayRecord {
  readonly format: 1;
  /** Such as `2026-01-31`. */
  readonly day: string;
  readonly questions: number;
  readonly tokens: number;
}

const DAY: DocumentType<DayRecord> = {
  name: "count of today's questions",
  format: 1,
  damaged: "damaged_config",
  schema: fields({ format: literal(1), day: text, questions: count, tokens: count }),
};

const DAY_MS = 86_400_000;
const dayKey = (space: string) => `users/${checkUserId(space)}/chat-day.json`;
const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10);

type MeterServices = Pick<Services, "bucket" | "identity" | "later">;

/** A damaged record, and that of another day, count as none. */
export async function todayOf({ bucket, identity }: MeterServices, space: string): Promise<DayRecord> {
  const stored = await bucket.get(dayKey(space));
  const none = emptyDay(identity.now());
  if (!stored) return none;
  try {
    const record = decodeDocument(DAY, stored.bytes, dayKey(space));
    return record.day === none.day ? record : none;
  } catch (error) {
    if (isRepobaseError(error, "damaged_config")) return none;
    throw error;
  }
}

const emptyDay = (now: number): DayRecord => ({ format: 1, day: dayOf(now), questions: 0, tokens: 0 });

export function dayMeter(services: MeterServices, space: string, limits: ChatLimits): ChatMeter {
  const { bucket, identity, later } = services;
  const change = (next: (today: DayRecord) => DayRecord) =>
    changeDocument(bucket, {
      type: DAY,
      key: dayKey(space),
      change: (now) => next(now?.day === dayOf(identity.now()) ? now : emptyDay(identity.now())),
    });
  const described = ({ questions, tokens }: DayRecord): ChatDay => ({
    questions,
    tokens,
    questionsPerDay: limits.questionsPerDay,
    tokensPerDay: limits.tokensPerDay,
  });
  return {
    async begin() {
      await change((today) => {
        refuseOver(today, limits, identity.now());
        return { ...today, questions: today.questions + 1 };
      });
    },
    // not lost when the client goes away while it is written
    end(tokens) {
      const counted = Promise.withResolvers<ChatDay>();
      later("tokens of a chat", async () => {
        const writing = change((now) => ({ ...now, tokens: now.tokens + tokens }));
        counted.resolve(writing.then((today) => described(today ?? emptyDay(identity.now()))));
        await writing;
      });
      return counted.promise;
    },
  };
}

/** @throws RepobaseError `rate_limited` */
function refuseOver({ questions, tokens }: DayRecord, limits: ChatLimits, now: number): void {
  const { questionsPerDay, tokensPerDay } = limits;
  const reached =
    questionsPerDay !== null && questions >= questionsPerDay
      ? `${questionsPerDay} questions`
      : tokensPerDay !== null && tokens >= tokensPerDay
        ? `${tokensPerDay} tokens`
        : undefined;
  if (reached === undefined) return;
  const retryAfter = Math.ceil((DAY_MS - (now % DAY_MS)) / 1000);
  throw new RepobaseError("rate_limited", `today's limit of this space's chat model, ${reached}, is reached`, {
    hint: "it begins anew at midnight UTC; an admin of the space may set another",
    fields: { retryAfter },
  });
}
