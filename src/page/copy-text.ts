/** Copies text, and says that it did, or that the browser did not let it. */
import { announce } from "./announce.ts";

/** @param what it is called, at the start of a sentence @returns did it work? */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} is copied`);
    return true;
  } catch {
    announce(`${what} could not be copied`);
    return false;
  }
}
