/** Hex and base64 of bytes, a standard that Node 22 does not have yet. Where it is there, nothing is done. */
const own: Record<string, (this: Uint8Array, options?: { alphabet?: string; omitPadding?: boolean }) => string> = {
  toHex() {
    return Buffer.from(this.buffer, this.byteOffset, this.length).toString("hex");
  },
  toBase64(options = {}) {
    const bytes = Buffer.from(this.buffer, this.byteOffset, this.length);
    if (options.alphabet !== "base64url") return bytes.toString("base64");
    const text = bytes.toString("base64url");
    return options.omitPadding ? text : text.padEnd(Math.ceil(text.length / 4) * 4, "=");
  },
};

const made: Record<string, (text: string) => Uint8Array> = {
  fromHex: (text) => strictly(text, "hex"),
  fromBase64: (text) => strictly(text, "base64"),
};

/** @throws SyntaxError as the standard's do, where Node would leave out what it does not know */
function strictly(text: string, encoding: "hex" | "base64"): Uint8Array {
  const bytes = Buffer.from(text, encoding);
  const again = bytes.toString(encoding).replace(/=+$/, "");
  if (again !== (encoding === "hex" ? text.toLowerCase() : text.replace(/\s/g, "").replace(/=+$/, "")))
    throw new SyntaxError(`this is not ${encoding}`);
  return new Uint8Array(bytes);
}

const addTo = (target: object, functions: object): void => {
  for (const [name, value] of Object.entries(functions))
    if (!(name in target)) Object.defineProperty(target, name, { value, writable: true, configurable: true });
};

addTo(Uint8Array.prototype, own);
addTo(Uint8Array, made);
