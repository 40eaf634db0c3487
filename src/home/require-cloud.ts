/** The server that a command needs: signed in to, and not switched off. */
import { RepobaseError } from "../protocol/errors.ts";
import type { CloudAccess, Home } from "./home.ts";

/** @throws RepobaseError `not_configured` without an endpoint and key, or when the global switch is off */
export function requireCloud(home: Home, options: { enabled: boolean } = { enabled: true }): CloudAccess {
  const cloud = home.cloud();
  if (!cloud?.endpoint || !cloud.apiKey)
    throw new RepobaseError("not_configured", "not signed in to a server", {
      hint: "sign in with: repobase cloud login",
    });
  if (options.enabled && !cloud.enabled)
    throw new RepobaseError("not_configured", "cloud sync is switched off", {
      hint: "switch it on with: repobase cloud enable --global",
    });
  return cloud;
}
