/** The tools as the server has them: each call is one POST /mcp. What keeps it from being asked is an answer that the agent can read. */
import { array, boolean, exactOptional } from "valibot";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import type { McpContext } from "../../mcp/answer.ts";
import { toolCall } from "../../mcp/client-message.ts";
import { ANSWER } from "../../protocol/cloud-api.ts";
import { type DocumentType, fields, text } from "../../protocol/decode.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { callApi } from "../../remote/remote-client.ts";

interface CalledTool {
  readonly result?: { readonly content: readonly { readonly text: string }[]; readonly isError: boolean };
  readonly error?: { readonly message: string };
}

const CALLED: DocumentType<CalledTool> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    result: exactOptional(fields({ content: array(fields({ text }), "must be a list"), isError: boolean() })),
    error: exactOptional(fields({ message: text })),
  }),
};

/** @throws RepobaseError `not_configured` */
export function remoteTools(home: Home, signal: AbortSignal): McpContext["call"] {
  const cloud = requireCloud(home, { enabled: false });
  return async (name, args) => {
    const { headers, body } = toolCall(name, args);
    try {
      const { result, error } = await callApi({
        cloud,
        path: "/mcp",
        method: "POST",
        headers,
        body,
        answer: CALLED,
        signal,
      });
      if (result) return { text: result.content.map((part) => part.text).join("\n"), isError: result.isError };
      return { text: `Error: ${error?.message ?? "the server gave no answer"}.`, isError: true };
    } catch (error) {
      if (!isRepobaseError(error) || error.code === "interrupted") throw error;
      return { text: `Error: ${[error.message, error.hint].filter(Boolean).join("; ")}.`, isError: true };
    }
  };
}
