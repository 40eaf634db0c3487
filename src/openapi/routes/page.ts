/** The page's files. */
import type { Route, RouteTable } from "../route.ts";

const file = (about: string, type: `${string}/${string}`): Route => ({
  about,
  needs: "nothing",
  answers: { 200: type },
  errors: ["not_found"],
});

export const PAGE: RouteTable = {
  "GET /": file("The page", "text/html"),
  "GET /assets/:name": file("A file of the page", "*/*"),
  "GET /sw.js": file("The page's service worker", "text/javascript"),
  "GET /manifest.webmanifest": file("What makes the page an app", "application/manifest+json"),
};
