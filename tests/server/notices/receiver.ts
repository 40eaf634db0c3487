/** Somebody's server that is sent webhooks: it keeps what came and answers what it is told to. */
export interface Received {
  readonly headers: Headers;
  readonly body: string;
}

export function startReceiver() {
  const received: Received[] = [];
  let onNext: ((received: Received) => void) | undefined;
  const state = { status: 200, answer: undefined as (() => Response | Promise<Response>) | undefined };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const got = { headers: request.headers, body: await request.text() };
      received.push(got);
      onNext?.(got);
      return state.answer?.() ?? new Response("x".repeat(5000), { status: state.status });
    },
  });
  return Object.assign(state, {
    url: `${server.url.origin}/hook`,
    received,
    /** Titles of the notices that came, in the order they came. */
    titles: () => received.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title),
    /** What comes next. */
    next: () => new Promise<Received>((resolve) => (onNext = resolve)),
    stop: () => server.stop(true),
  });
}

export type Receiver = ReturnType<typeof startReceiver>;
