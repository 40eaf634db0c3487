/** The one table of rules. Of two that cover one place the first names it: what has a shape of its own comes before what any text could be. */
import type { SecretRule } from "../secret-rule.ts";
import { AI } from "./ai.ts";
import { ASSIGNMENTS } from "./assignments.ts";
import { CLOUDS } from "./clouds.ts";
import { CODE_HOSTS } from "./code-hosts.ts";
import { CONNECTIONS } from "./connections.ts";
import { KEY_MATERIAL } from "./key-material.ts";
import { MESSAGING } from "./messaging.ts";
import { MONEY } from "./money.ts";
import { SERVICES } from "./services.ts";

export const SECRET_RULES: readonly SecretRule[] = [
  ...KEY_MATERIAL,
  ...CODE_HOSTS,
  ...CLOUDS,
  ...AI,
  ...MESSAGING,
  ...MONEY,
  ...SERVICES,
  ...CONNECTIONS,
  ...ASSIGNMENTS,
];
