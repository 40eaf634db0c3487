/** Who is signed in here. Asked once when the page opens, beside the first search and not before it. */
import { AUTH_INFO, type Me, ME } from "../protocol/identity-api.ts";
import { fields } from "../protocol/decode.ts";
import { ask, chooseSpace, chosenSpace, readItem, waitForSession, whenSignedOut, writeItem } from "./api.ts";
import { observed } from "./observed.ts";
import { asProblem, PageProblem } from "./problem.ts";

export type PageSession =
  | { readonly status: "asking" }
  | { readonly status: "out" }
  | { readonly status: "in"; readonly me: Me }
  /** The server did not say: what is kept here may still be read. */
  | { readonly status: "unknown"; readonly problem: PageProblem };

export const session = observed<PageSession>({ status: "asking" });

/** Was somebody signed in here when the page was last open? Then nothing waits to learn whether somebody is. */
const HERE = "repobase-signed-in";
session.watch(({ status }) => {
  if (status === "in") writeItem(HERE, "1");
  if (status === "out") writeItem(HERE, null);
});

/** Whose what is kept on this device is: id of a person, or the space of a key. */
const OWNER_ITEM = "repobase-owner";

/** Told when somebody signs out: what is kept of their code goes. */
const leaving = new Set<() => void>();
export const whenLeaving = (tell: () => void): void => void leaving.add(tell);

export async function askSession(): Promise<void> {
  whenSignedOut(leave);
  if (readItem(HERE) === null) waitForSession(bringsSession());
  try {
    await readMe();
  } catch (error) {
    const problem = asProblem(error);
    if (problem.code === "unauthorized") session.set({ status: "out" });
    else session.set({ status: "unknown", problem });
  }
}

/** An older server, or none that answers, does not say: the requests themselves will tell. */
async function bringsSession(): Promise<boolean> {
  try {
    return (await ask({ path: "/v1/auth", type: AUTH_INFO })).session !== false;
  } catch {
    return true;
  }
}

async function readMe(): Promise<void> {
  const read = () => ask({ path: "/v1/me", type: ME });
  let me: Me;
  try {
    me = await read();
  } catch (error) {
    // a space that was left, or another person's on the same device
    if (asProblem(error).code !== "forbidden" || chosenSpace() === null) throw error;
    chooseSpace(null);
    me = await read();
  }
  arrive(me);
}

/** Another person may have signed in on this device without a sign-out between: what was kept is not theirs. */
function arrive(me: Me): void {
  const owner = me.person?.id ?? me.userId ?? "";
  const before = readItem(OWNER_ITEM);
  if (before !== null && before !== owner) for (const tell of leaving) tell();
  writeItem(OWNER_ITEM, owner);
  session.set({ status: "in", me });
}

/** Begins a session with an API key, which is sent once and kept nowhere. @throws PageProblem */
export async function signInWithKey(key: string): Promise<void> {
  chooseSpace(null);
  const me = await ask({ path: "/v1/auth/session", method: "POST", key, type: ME });
  waitForSession(Promise.resolve(true));
  arrive(me);
}

/** @throws PageProblem */
export async function switchSpace(id: string): Promise<void> {
  chooseSpace(id);
  await readMe();
}

/**
 * @param everywhere all sessions of this person, or of this key, on any device
 * @throws PageProblem: the session is still there; what was kept on this device is gone even so
 */
export async function signOut(everywhere: boolean): Promise<void> {
  const type = { name: "answer", damaged: "transient", schema: fields({}) } as const;
  try {
    await ask({ path: "/v1/auth/sign-out", method: "POST", body: { everywhere }, type });
  } catch (error) {
    for (const tell of leaving) tell();
    const { code, message, of } = asProblem(error);
    throw new PageProblem(code, message, {
      ...of,
      hint: "what was kept here is gone; sign out again to end the session",
    });
  }
  leave();
}

/** The session is over, by the person or by the server: another person's code must not stay on this device. */
function leave(): void {
  chooseSpace(null);
  writeItem(OWNER_ITEM, null);
  for (const tell of leaving) tell();
  session.set({ status: "out" });
}
