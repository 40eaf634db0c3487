/** A view whose script is loaded when it is first shown. */
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../use-load.ts";
import { ProblemNote } from "./problem-note.tsx";

export function lazyView<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let known: ComponentType<Props> | undefined;
  return function LazyView(props: Props) {
    const [wanted] = useState(known === undefined ? "script" : null);
    const { value, problem, again } = useLoad(wanted, async () => ({ view: (known = await load()) }));
    const View = known ?? value?.view;
    if (View) return <View {...props} />;
    return problem ? <ProblemNote problem={problem} again={again} /> : <p class="quiet">Loading …</p>;
  };
}
