/**
 * `bun make-types.ts openapi.json api.d.ts`: the types that openapi-typescript makes of a document. It writes them with the compiler's own
 * syntax trees, which TypeScript 7 no longer gives to others, so it is given TypeScript 5 for that.
 */
import { plugin } from "bun";

plugin({
  name: "typescript-5",
  setup: (build) =>
    void build.module("typescript", async () => {
      const typescript = await import("typescript-5");
      return { exports: { ...typescript, default: typescript.default }, loader: "object" };
    }),
});

const [source = "", target = ""] = process.argv.slice(2);
const { default: openapiTS, astToString } = await import("openapi-typescript");
await Bun.write(target, astToString(await openapiTS(Bun.pathToFileURL(source))));
