import { describe, expect, test } from "bun:test";
import { encodeEvent, EventReader, readEvents, type StreamEvent } from "../../src/protocol/event-stream.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function readCut(stream: Uint8Array, size: number): StreamEvent[] {
  const reader = new EventReader();
  const events: StreamEvent[] = [];
  for (let at = 0; at < stream.length; at += size) events.push(...reader.push(stream.subarray(at, at + size)));
  return [...events, ...reader.end()];
}

const LINES = [
  ": a comment",
  "",
  "event: text",
  'data: {"text":"grün – 検索 🧭"}',
  "",
  "data:no space",
  "data: second line",
  "id: 7",
  "retry",
  "",
  "event: only a name, no data",
  "",
  "data: [DONE]",
  "",
  "",
];
const EVENTS: StreamEvent[] = [
  { event: "text", data: '{"text":"grün – 検索 🧭"}' },
  { event: "message", data: "no space\nsecond line" },
  { event: "message", data: "[DONE]" },
];

describe("server-sent events", () => {
  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("with %s, cut anywhere, within a character and a line end too", (_, lineEnd) => {
    const stream = bytes(LINES.join(lineEnd));
    for (let size = 1; size <= stream.length; size++) expect(readCut(stream, size)).toEqual(EVENTS);
  });

  test("an event that the stream's end cuts off is none", () => {
    expect(readCut(bytes("data: 1\n\ndata: 2\n"), 3)).toEqual([{ event: "message", data: "1" }]);
  });

  test("what is written is read", () => {
    const value = { text: "a\n\nb\r\ndata: c" };
    const [event, ...more] = readCut(bytes(encodeEvent("text", value)), 5);
    expect([event?.event, JSON.parse(event?.data ?? ""), more]).toEqual(["text", value, []]);
  });

  test("an event without end is refused, in one line or in many", () => {
    const endless = (piece: string) => () => {
      const reader = new EventReader(1000);
      for (let sent = 0; sent < 2000; sent += piece.length) reader.push(bytes(piece));
    };
    expect(endless("x".repeat(50))).toThrow("more than 1000 characters");
    expect(endless(`data: ${"x".repeat(44)}\n`)).toThrow("more than 1000 characters");
    expect(endless(`data: ${"x".repeat(42)}\n\n`)).not.toThrow();
  });

  test("whoever stops reading ends the body", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes("data: 1\n\n")),
      cancel: () => void (cancelled = true),
    });
    for await (const event of readEvents(body)) {
      expect(event.data).toBe("1");
      break;
    }
    expect(cancelled).toBe(true);
  });
});
