/**
 * A chat model that does as it is told: an OpenAI-compatible endpoint on this machine whose answers are written in the test, byte by
 * byte. Only the model is made up; the requests, the streams and the connections are real.
 */
import { encodeEvent } from "../../src/protocol/event-stream.ts";

export interface AskedQuestion {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: {
    readonly model: string;
    readonly messages: readonly {
      readonly role: string;
      readonly content: string | null;
      readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
      readonly tool_call_id?: string;
    }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
    readonly tool_choice?: string;
    readonly [field: string]: unknown;
  };
  /** The client has given the answer up. */
  readonly ended: Promise<void>;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent one after the other. */
  readonly pieces: readonly (string | Uint8Array)[];
  /** After the pieces: nothing more comes, and the connection stays open. */
  readonly stalls?: boolean;
}

export interface ScriptedModel {
  /** For `baseUrl`. */
  readonly url: string;
  readonly asked: AskedQuestion[];
  /** Forgets what was asked. @param answers in turn; the last one again and again */
  script(...answers: (ScriptedAnswer | ((question: AskedQuestion) => ScriptedAnswer))[]): void;
  stop(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const asked: AskedQuestion[] = [];
  let script: Parameters<ScriptedModel["script"]> = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const gone = Promise.withResolvers<void>();
      const { pathname } = new URL(request.url);
      const body = (await request.json()) as AskedQuestion["body"];
      const question = {
        path: pathname,
        authorization: request.headers.get("authorization"),
        body,
        ended: gone.promise,
      };
      asked.push(question);
      request.signal.addEventListener("abort", () => gone.resolve());
      const next = script[Math.min(asked.length, script.length) - 1];
      const answer = typeof next === "function" ? next(question) : next;
      if (answer === undefined) return new Response("nothing is scripted", { status: 500 });
      const { status = 200, headers = { "content-type": "text/event-stream" } } = answer;
      return new Response(
        streamOf(answer, () => gone.resolve()),
        { status, headers },
      );
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    asked,
    script(...answers) {
      asked.length = 0;
      script = answers;
    },
    stop: () => server.stop(true),
  };
}

function streamOf({ pieces, stalls }: ScriptedAnswer, onCancel: () => void): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = pieces[at++];
      if (piece !== undefined) controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      else if (stalls !== true) controller.close();
      else await new Promise(() => undefined);
    },
    cancel: onCancel,
  });
}

const chunk = (delta: object, more: object = {}) =>
  encodeEvent("", { object: "chat.completion.chunk", choices: [{ index: 0, delta, ...more }] }).slice(
    "event: \n".length,
  );

const USAGE = { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 } };
const END = `data: ${JSON.stringify(USAGE)}\n\ndata: [DONE]\n\n`;

export const textPiece = (text: string): string => chunk({ content: text });

/** An answer in so many pieces. */
export const says = (...texts: string[]): ScriptedAnswer => ({
  pieces: [...texts.map(textPiece), chunk({}, { finish_reason: "stop" }), END],
});

/** Calls of tools. @param calls name and arguments, as a model writes them: text is sent as it is */
export const calls = (...called: (readonly [string, unknown])[]): ScriptedAnswer => ({
  pieces: [
    ...called.flatMap(([name, given], index) => {
      const text = typeof given === "string" ? given : JSON.stringify(given);
      const half = Math.ceil(text.length / 2);
      return [
        chunk({ tool_calls: [{ index, id: `call-${index}`, type: "function", function: { name, arguments: "" } }] }),
        chunk({ tool_calls: [{ index, function: { arguments: text.slice(0, half) } }] }),
        chunk({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] }),
      ];
    }),
    chunk({}, { finish_reason: "tool_calls" }),
    END,
  ],
});

export const refuses = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  pieces: [typeof body === "string" ? body : JSON.stringify(body)],
});
