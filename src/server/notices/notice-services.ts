/** The parts that keep notices and send them on, put together. */
import type { Bucket } from "../bucket.ts";
import type { Identity } from "../identity/identity.ts";
import type { Later } from "../later.ts";
import type { Outbound } from "../outbound.ts";
import { type Deliver, Notices } from "./notices.ts";
import { WebPush } from "./web-push.ts";
import { Webhooks } from "./webhooks.ts";

export function createNoticeServices(of: {
  readonly bucket: Bucket;
  readonly identity: Identity;
  readonly outbound: Outbound;
  readonly later: Later;
}): { readonly notices: Notices; readonly webhooks: Webhooks; readonly webPush: WebPush } {
  const { bucket, identity, outbound, later } = of;
  const { seals, now } = identity;
  const webPush = new WebPush({ bucket, identity, outbound });
  const webhooks = new Webhooks({
    bucket,
    seals,
    outbound,
    later,
    now,
    tell: (space, draft) => notices.tell(space, draft),
  });
  const deliver: Deliver = async (space, notice) => {
    later("web push", () => webPush.send(space, notice));
    await webhooks.deliver(space, notice);
  };
  const notices = new Notices({ bucket, later, now, deliver });
  return { notices, webhooks, webPush };
}
