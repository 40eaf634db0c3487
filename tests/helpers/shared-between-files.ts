/**
 * The end of what one file of tests leaves for the next in the same process. bunfig.toml loads it before all files, so that its
 * `afterAll` comes after the last one (with --parallel, after each); `bun test` fires no "exit".
 */
import { afterAll } from "bun:test";
import { atEnd } from "./at-end.ts";

afterAll(async () => {
  for (const end of atEnd.splice(0)) await end();
});
