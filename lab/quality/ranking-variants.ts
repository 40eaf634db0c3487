/** Variants of the ranking's options (numbers, some in groups): each switched off alone, all off, or values given by hand. */

export interface RankingVariant<Options> {
  readonly label: string;
  readonly options: Options;
}

/** All options at their neutral values, then one variant for each option, and each group, whose value in use is not neutral. */
export function ablations<Options extends object>(inUse: Options, neutral: Options): RankingVariant<Options>[] {
  const variants: RankingVariant<Options>[] = [{ label: "all neutral", options: neutral }];
  const visit = (names: readonly string[], used: unknown, off: unknown): void => {
    if (isGroup(used) && isGroup(off)) {
      const changed = Object.keys(used).filter((name) => used[name] !== off[name]);
      if (names.length > 0 && changed.length > 1)
        variants.push({ label: `without ${names.join(".")}`, options: withValue(inUse, names, off) });
      for (const name of changed) visit([...names, name], used[name], off[name]);
    } else
      variants.push({
        label: `${names.join(".")} ${String(used)} -> ${String(off)}`,
        options: withValue(inUse, names, off),
      });
  };
  visit([], inUse, neutral);
  return variants;
}

/** `name=value,group.name=value`: the options with these numbers instead. Throws for a name or value that is none. */
export function parseVariant<Options extends object>(text: string, inUse: Options): RankingVariant<Options> {
  let options = inUse;
  for (const part of text.split(",")) {
    const [path = "", value = ""] = part.split("=");
    const names = path.split(".");
    const known = names.reduce<unknown>((at, name) => (isGroup(at) ? at[name] : undefined), inUse);
    if (typeof known !== "number" || value === "" || !Number.isFinite(Number(value)))
      throw new Error(`${part}: the options are ${JSON.stringify(inUse)}`);
    options = withValue(options, names, Number(value));
  }
  return { label: text, options };
}

function withValue<T extends object>(options: T, names: readonly string[], value: unknown): T {
  const [name, ...rest] = names;
  if (name === undefined) return value as T;
  const inner: unknown = Reflect.get(options, name);
  return { ...options, [name]: isGroup(inner) ? withValue(inner, rest, value) : value };
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
