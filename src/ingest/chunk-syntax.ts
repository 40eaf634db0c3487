/**
 * Chunks by syntax: the tree only says where lines may be cut and what their enclosing definition is called. A
 * definition that fits is one span; a big one is divided at its members or statements, then small neighbours are joined.
 * Comments, attributes and decorators stay with what they stand before.
 */
import type { Node, Tree } from "web-tree-sitter";
import { joinSpans, type Lines, type Span } from "./chunk.ts";
import { splitLines } from "./chunk-lines.ts";
import { definitionOf, isContainer } from "./definitions.ts";

/** Deeper nesting than any program has: data, or an attack on the stack. */
const MAX_DEPTH = 100;
/** A tree with more of its text in errors than this says little about the file. */
const MAX_ERROR_SHARE = 1 / 3;

/** Lines that belong together, and the node that gives them their inner structure. */
interface Segment extends Span {
  readonly node: Node | null;
}

/** null: the tree is no guide to this text. */
export function chunkSyntax(tree: Tree, lines: Lines): Span[] | null {
  const root = tree.rootNode;
  if (root.type === "ERROR" || (root.hasError && errorShare(root, lines) > MAX_ERROR_SHARE)) return null;
  return divide({ start: 0, end: lines.count, scope: [], node: root }, lines, 0);
}

function errorShare(root: Node, lines: Lines): number {
  let chars = 0;
  for (const child of root.children) if (child.type === "ERROR") chars += child.endIndex - child.startIndex;
  return chars / lines.text.length;
}

function divide(segment: Segment, lines: Lines, depth: number): Span[] {
  const { node, ...span } = segment;
  // the file itself is divided even where it fits, so that its definitions get their names
  const open = node !== null && (depth === 0 || isContainer(node));
  if (!open && lines.fits(span.start, span.end)) return [span];
  const inner = node === null || depth > MAX_DEPTH ? [] : segmentsWithin(segment, node, lines);
  if (inner.length === 0) return splitLines(span, lines);
  return joinSpans(
    inner.flatMap((part) => divide(part, lines, depth + 1)),
    lines,
  );
}

/** Cuts `segment` before every part of its node that begins a line; the lines before the first are a header of their own. */
function segmentsWithin(segment: Segment, node: Node, lines: Lines): Segment[] {
  const parts: Segment[] = [];
  const firstRow = node.startPosition.row;
  const visit = (parent: Node, scope: readonly string[], depth: number): void => {
    for (const child of parent.namedChildren) {
      const row = child.startPosition.row;
      if (row >= segment.end) return;
      // positions can step back (here-documents), and a missing token can share the place of the next
      if (row <= (parts.at(-1)?.start ?? firstRow - 1) || lines.indent(row) !== child.startIndex) {
        if (child.endPosition.row === row || depth > MAX_DEPTH) continue;
        const definition = definitionOf(child);
        if (definition === null) visit(child, scope, depth + 1);
        else visit(definition.node, [...scope, definition.name], depth + 1);
      } else parts.push({ ...definedBy(child, scope), start: row, end: segment.end });
    }
  };
  visit(node, segment.scope, 0);
  const joined = joinLeadingTrivia(parts, lines);
  const first = joined[0]?.start ?? segment.end;
  const segments: Segment[] = first > firstRow ? [{ ...segment, node: null, end: first }] : [];
  joined.forEach((part, i) => {
    // where the node begins with its first part, what stands above it (a comment, say) is that part's
    const start = i === 0 && segments.length === 0 ? segment.start : part.start;
    segments.push({ start, end: joined[i + 1]?.start ?? segment.end, scope: part.scope, node: part.node });
  });
  return segments;
}

function definedBy(node: Node, scope: readonly string[]): { node: Node; scope: readonly string[] } {
  const definition = definitionOf(node);
  return definition === null ? { node, scope } : { node: definition.node, scope: [...scope, definition.name] };
}

/** A comment, attribute or decorator right above the next part belongs to it. */
function joinLeadingTrivia(parts: readonly Segment[], lines: Lines): Segment[] {
  const joined: Segment[] = [];
  let start: number | null = null;
  parts.forEach((part, i) => {
    const next = parts[i + 1];
    const above = next !== undefined && isTrivia(part.node) && !lines.isBlank(next.start - 1);
    if (above) start ??= part.start;
    else {
      joined.push({ ...part, start: start ?? part.start });
      start = null;
    }
  });
  return joined;
}

const TRIVIA = new Set(["comment", "line_comment", "block_comment", "attribute_item", "decorator"]);
const isTrivia = (node: Node | null): boolean => node !== null && TRIVIA.has(node.type);
