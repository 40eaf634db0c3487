/** What a screen reader is told of a change it cannot see: one polite live region, in the shell. */
import { observed } from "./observed.ts";

export const announcement = observed("");

export function announce(text: string): void {
  // the same words twice are two announcements: a space tells them apart
  announcement.set(announcement.value === text ? `${text}\u00a0` : text);
}
