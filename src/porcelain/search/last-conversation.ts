/** The last conversation of `repobase ask` on this machine, for `--follow-up`: `ask.json` in the home folder, for its owner alone. */
import { array } from "valibot";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { errnoOf } from "../../files/file-errors.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import type { Home } from "../../home/home.ts";
import { CHAT_TURN, type ChatTurn, MAX_TURNS } from "../../protocol/chat-api.ts";
import { decodeDocument, type DocumentType, fields } from "../../protocol/decode.ts";
import { isRepobaseError } from "../../protocol/errors.ts";

const CONVERSATION: DocumentType<{ readonly turns: readonly ChatTurn[] }> = {
  name: "conversation",
  damaged: "damaged_config",
  schema: fields({ turns: array(CHAT_TURN, "must be a list") }),
};

const fileOf = (home: Home) => home.path("ask.json");

/** None: there was none, or it cannot be read, which loses nothing that is needed. */
export function lastConversation(home: Home): readonly ChatTurn[] {
  try {
    return decodeDocument(CONVERSATION, readRegularFile(fileOf(home)), fileOf(home)).turns;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || isRepobaseError(error, "damaged_config")) return [];
    throw error;
  }
}

export async function keepConversation(home: Home, turns: readonly ChatTurn[]): Promise<void> {
  await writeFileAtomic(fileOf(home), `${JSON.stringify({ turns: turns.slice(-MAX_TURNS) })}\n`, 0o600);
}
