/** `/v1/space/model`: the chat model of the caller's space. Members see it, but for its key; admins of the space set it. */
import { Hono, type MiddlewareHandler } from "hono";
import { CHAT_MODEL_CHANGE } from "../../protocol/chat-model-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { deleteModelRecord } from "../chat/model-record.ts";
import { describeSpaceModel, setSpaceModel } from "../chat/space-model.ts";
import { readQuestion } from "../limits.ts";

export function spaceModelRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const admin: MiddlewareHandler<AppEnv> = async (c, next) => {
    requireScope(c.var.caller, "admin");
    await next();
  };

  app.get("/", async (c) => c.json(await describeSpaceModel(services, c.var.caller.userId)));

  app.put("/", admin, async (c) => {
    const { userId } = c.var.caller;
    await setSpaceModel(services, userId, await readQuestion(c.req.raw, services.limits.smallBody, CHAT_MODEL_CHANGE));
    return c.json(await describeSpaceModel(services, userId));
  });

  app.delete("/", admin, async (c) => {
    const { userId } = c.var.caller;
    await deleteModelRecord(services.bucket, userId);
    return c.json(await describeSpaceModel(services, userId));
  });
  return app;
}
