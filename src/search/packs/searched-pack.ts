/** A pack in a search. */
import type { OpenPack } from "./open-pack.ts";
import type { SeenRows } from "./pack-rows.ts";

export interface SearchedPack extends OpenPack {
  /** Place of its view among the views. */
  readonly view: number;
  readonly seen: SeenRows;
  /** Of these, what the search's filter admits. */
  readonly allowed: Omit<SeenRows, "tokens">;
}
