/** The devices that are notified of what happens in the space: this one, and the person's others. */
import { useEffect, useState } from "preact/hooks";
import { DEFAULT_PUSH_KINDS, type PushSubscriptionInfo } from "../../protocol/notice-api.ts";
import { announce } from "../announce.ts";
import { KIND_CHOICES } from "../notice-words.ts";
import { askDevices, endDevice, idOfThisDevice, notifyHere, whyNotHere } from "../push-device.ts";
import { useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import { EndingButton } from "./ending-button.tsx";
import { KindChecks } from "./kind-checks.tsx";
import { ProblemNote } from "./problem-note.tsx";

export function Devices({ space }: { space: string }) {
  const devices = useLoad(space, askDevices);
  const here = useLoad("this device", async () => ({ id: await idOfThisDevice() }));
  const action = useAction();
  const list = devices.value?.subscriptions ?? [];
  const mine = list.find(({ id }) => id === here.value?.id);
  const again = () => {
    devices.again();
    here.again();
  };
  // an older server has no such list
  const none = devices.problem?.code === "not_found";
  const problem = none ? undefined : (devices.problem ?? action.problem);
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">Devices that are notified</h2>
      {problem ? <ProblemNote problem={problem} again={again} /> : null}
      <ul class="plain">
        {list.map((device) => (
          <Device
            key={device.id}
            device={device}
            here={device === mine}
            onEnd={(name) =>
              action.run(async () => {
                await endDevice(device.id);
                announce(`${name} is notified no more`);
                again();
              })
            }
          />
        ))}
      </ul>
      {none ? <p>This server notifies no devices.</p> : null}
      {devices.value && list.length === 0 ? <p>None of your devices is notified.</p> : null}
      {devices.value && here.value ? <ThisDevice mine={mine} onDone={again} /> : null}
    </section>
  );
}

function Device(of: { device: PushSubscriptionInfo; here: boolean; onEnd: (name: string) => void }) {
  const { label, service, kinds } = of.device;
  const name = label ?? `a device at ${service}`;
  return (
    <li>
      <strong>{name}</strong>
      {of.here ? <span class="tag">this one</span> : null}
      <span class="quiet">{kinds.map((kind) => KIND_CHOICES[kind]).join(", ")}</span>
      <EndingButton
        does="Remove"
        what={name}
        consequence="It is notified no more of what happens in this space."
        onYes={() => of.onEnd(name)}
      />
    </li>
  );
}

function ThisDevice({ mine, onDone }: { mine: PushSubscriptionInfo | undefined; onDone: () => void }) {
  const set = mine?.kinds ?? DEFAULT_PUSH_KINDS;
  const [kinds, setKinds] = useState(set);
  useEffect(() => setKinds(set), [mine]);
  const action = useAction();
  const not = whyNotHere();
  if (not !== undefined) return <p class="quiet">{not}</p>;
  return (
    <form
      aria-label="Notify this device"
      onSubmit={(event) => {
        event.preventDefault();
        action.run(async () => {
          await notifyHere(kinds);
          announce("This device is notified");
          onDone();
        });
      }}
    >
      <KindChecks legend="Notify this device when" kinds={kinds} onChange={setKinds} />
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      <button class={mine ? "" : "primary"} disabled={action.busy || kinds.length === 0}>
        {mine ? "Change what it is notified of" : "Notify this device"}
      </button>
    </form>
  );
}
