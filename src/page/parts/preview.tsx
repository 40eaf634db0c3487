/** Beside the results on a desk: the lines around the selected one, in their file. */
import { useEffect, useRef } from "preact/hooks";
import type { SearchHit } from "../../protocol/search-api.ts";
import { askLines, filePath, withoutLastBreak } from "../file-answer.ts";
import { hostLink } from "../host-link.ts";
import { addressOf } from "../router.ts";
import { useLoad } from "../use-load.ts";
import { Code } from "./code.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { linkOf } from "./result.tsx";

/** Lines shown above and below those that were found. */
const AROUND = 40;
/** ms on one result before its file is asked for: who runs down the list asks for none. */
const REST = 150;

export function Preview({ hit, source }: { hit: SearchHit; source: string | null | undefined }) {
  const link = linkOf(hit);
  const { startLine: from, endLine: to, path } = hit;
  const asked = { ...link, lines: { from: Math.max(1, from - AROUND), to: to + AROUND } };
  const file = useLoad(filePath(asked), (signal) => askLines(asked, signal), REST);
  const host = hostLink(source, link);
  const shown = file.value?.path === path && file.value.repoId === hit.repoId ? file.value : undefined;
  const lineHref = (line: number) => addressOf({ view: "file", at: { ...link, lines: { from: line, to: line } } });
  const box = usePointed(shown);
  return (
    <aside ref={box} class="preview" aria-label={`Preview of ${path}`}>
      <p class="row">
        <a href={addressOf({ view: "file", at: link })}>Open the file</a>
        {host === undefined ? null : (
          <a href={host} target="_blank" rel="noreferrer">
            Open at the host
          </a>
        )}
      </p>
      {file.problem?.code === "offline" ? (
        <p class="quiet">The lines around it are not kept on this device.</p>
      ) : file.problem ? (
        <ProblemNote problem={file.problem} again={file.again} />
      ) : null}
      {shown ? (
        <Code
          text={withoutLastBreak(shown.contents)}
          startLine={shown.startLine}
          language={shown.language}
          path={path}
          pointed={{ from, to }}
          lineHref={lineHref}
          label={`${path}, lines ${shown.startLine} to ${shown.endLine}`}
        />
      ) : null}
    </aside>
  );
}

/** Brings the lines that were found into the box once they are there; the page around it stays where it is. */
function usePointed(shown: object | undefined) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const line = box.current?.querySelector<HTMLElement>(".pointed");
    if (box.current && line) box.current.scrollTop = line.offsetTop - box.current.clientHeight / 3;
  }, [shown]);
  return box;
}
