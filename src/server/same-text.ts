/** Takes the same time wherever the texts differ: digests of equal length, all their bytes compared. */
export async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all(
    [a, b].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
  const x = new Uint8Array(left as ArrayBuffer);
  const y = new Uint8Array(right as ArrayBuffer);
  return x.reduce((difference, byte, i) => difference | (byte ^ (y[i] ?? 0)), 0) === 0;
}
