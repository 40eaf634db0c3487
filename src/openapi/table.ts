/**
 * Every route of the server, once. To add one: an entry in the table of its subject below `routes/`, with the schema that the route decodes
 * its body with (export it there) and the schema of its answer (`protocol/`, or answers.ts); an answer worth a name of its own
 * in clients goes into schemas.ts. Nothing else is to be made or written: the document is built with the page.
 */
import type { RouteTable } from "./route.ts";
import { ADMIN } from "./routes/admin.ts";
import { ASKING } from "./routes/asking.ts";
import { NOTICES } from "./routes/notices.ts";
import { PAGE } from "./routes/page.ts";
import { PEOPLE } from "./routes/people.ts";
import { SYNCING } from "./routes/syncing.ts";

export interface Subject {
  /** Tag of its routes. */
  readonly name: string;
  readonly about: string;
  readonly routes: RouteTable;
}

export const SUBJECTS: readonly Subject[] = [
  { name: "asking", about: "Search, and looking around in an index", routes: ASKING },
  { name: "syncing", about: "What a push, a pull and a repair send and read", routes: SYNCING },
  { name: "people", about: "Sign-in, people, spaces and own keys", routes: PEOPLE },
  { name: "notices", about: "Notifications, webhooks and web push", routes: NOTICES },
  { name: "admin", about: "The operator of the server", routes: ADMIN },
  { name: "page", about: "The page's files", routes: PAGE },
];
