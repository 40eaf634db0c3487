/** Signing in from the cloud settings: with a key, or with GitHub's code. What came of it is an event. */
import { hostname } from "node:os";
import type { Home } from "../../home/home.ts";
import type { UiEffect, UiEvent } from "../model/events.ts";
import { describeProblem } from "./problem.ts";

export async function signInWith(
  effect: Extract<UiEffect, { kind: "sign-in" | "sign-in-github" }>,
  of: { readonly home: Home; readonly dispatch: (event: UiEvent) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { home, dispatch, signal } = of;
  const { endpoint } = effect;
  try {
    if (effect.kind === "sign-in") {
      const { login } = await import("../../porcelain/cloud/cloud.ts");
      const who = await login({ home, endpoint, apiKey: effect.key, signal });
      return dispatch({ kind: "signed-in", text: `signed in to ${who.endpoint} as ${who.userId}` });
    }
    const { deviceLogin } = await import("../../porcelain/cloud/device-login.ts");
    const who = await deviceLogin({
      home,
      endpoint,
      signal,
      wanted: { label: `repobase on ${hostname()}` },
      onCode: ({ userCode, verificationUri, expiresIn }) =>
        dispatch({
          kind: "device",
          device: { code: userCode, url: verificationUri, minutes: Math.round(expiresIn / 60) },
        }),
    });
    dispatch({ kind: "signed-in", text: `signed in to ${who.endpoint} as ${who.login}` });
  } catch (error) {
    dispatch({ kind: "sign-in-failed", problem: signal.aborted ? "not signed in: stopped" : describeProblem(error) });
  }
}
