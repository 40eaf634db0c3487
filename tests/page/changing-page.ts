/** Stands before a server and gives its answers; after `change`, its service worker is that of another build. */
export interface ChangingPage {
  /** Without a slash at the end. */
  readonly url: string;
  change(): void;
  stop(): Promise<void>;
}

export function startChangingPage(behind: string): ChangingPage {
  let changed = false;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("host");
      headers.set("accept-encoding", "identity");
      const answer = await fetch(behind + pathname + search, { headers, redirect: "manual" });
      if (pathname !== "/sw.js" || !changed) return answer;
      const script = await answer.text();
      // the name of the build, however the bundler writes it
      const other = script.replace(/[0-9a-f]{16}(?=")/, "0");
      if (other === script) throw new Error("the service worker does not name its build");
      return new Response(other, { headers: answer.headers });
    },
  });
  return {
    url: server.url.origin,
    change: () => void (changed = true),
    stop: () => server.stop(true),
  };
}
