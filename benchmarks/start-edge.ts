/** What stands before a Worker on Cloudflare, as far as sizes go: gives the answers of a server, compressed. */
export function startEdge(behind: string) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("host");
      headers.set("accept-encoding", "identity");
      const answer = await fetch(behind + pathname + search, { headers, redirect: "manual" });
      const packed = new Headers(answer.headers);
      packed.delete("content-length");
      packed.set("content-encoding", "gzip");
      const body = Bun.gzipSync(new Uint8Array(await answer.arrayBuffer()));
      return new Response(body, { status: answer.status, headers: packed });
    },
  });
}
