/** How this program was started, for those that are to start it again: the binary, or Bun and the source it runs. */
import { isEmbedded } from "../embedded.ts";

export const startedAs = () => ({ command: process.execPath, args: isEmbedded(import.meta.url) ? [] : [Bun.main] });
