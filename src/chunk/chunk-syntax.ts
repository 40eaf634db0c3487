/**
 * Chunks by syntax: the tree only says where lines may be cut and what their enclosing definition is called. A
 * definition that fits is one span; a big one is divided at its members or statements, then small neighbours are joined.
 * Comments, attributes and decorators stay with what they stand before, clauses of one function together.
 */
import type { Node, Tree } from "web-tree-sitter";
import { joinSpans, type Lines, sameScope, type Span } from "./chunk.ts";
import { splitLines } from "./chunk-lines.ts";
import { ANNOTATIONS, CLAUSES, COMMENTS, CONTAINERS, LISTS } from "./definition-nodes.ts";
import { definitionOf } from "./definitions.ts";
import { isAboutNext } from "./definitions-elixir.ts";

/** Deeper nesting than any program has: data, or an attack on the stack. */
const MAX_DEPTH = 100;
/** A tree with more of its text in errors than this says little about the file. */
const MAX_ERROR_SHARE = 1 / 3;
/** The whole file is one error, but this much of it is definitions: a stray token between them. */
const MIN_DEFINED_SHARE = 1 / 2;

/** Lines that belong together, and the node that gives them their inner structure. */
interface Segment extends Span {
  readonly node: Node | null;
  /** Instead of the node: what it is divided into. */
  readonly clauses?: readonly Segment[];
}

/** null: the tree is no guide to this text. */
export function chunkSyntax(tree: Tree, lines: Lines): Span[] | null {
  const root = tree.rootNode;
  if (root.hasError && shareOf(root, lines, (child) => child.type === "ERROR") > MAX_ERROR_SHARE) return null;
  if (root.type === "ERROR" && shareOf(root, lines, (child) => definitionOf(child) !== null) < MIN_DEFINED_SHARE)
    return null;
  return divide({ start: 0, end: lines.count, scope: [], node: root }, lines, 0);
}

/** How much of the text is in the root's children of a kind. */
function shareOf(root: Node, lines: Lines, isKind: (child: Node) => boolean): number {
  let chars = 0;
  for (const child of root.children) if (isKind(child)) chars += child.endIndex - child.startIndex;
  return chars / lines.text.length;
}

function divide(segment: Segment, lines: Lines, depth: number): Span[] {
  const { node, clauses, ...span } = segment;
  // the file itself is divided even where it fits, so that its definitions get their names
  const open = node !== null && (depth === 0 || CONTAINERS.has(node.type));
  if (!open && lines.fits(span.start, span.end)) return [span];
  const inner = clauses ?? (node === null || depth > MAX_DEPTH ? [] : segmentsWithin(segment, node, lines));
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
    let before: Node | null = null;
    for (const child of parent.namedChildren) {
      const row = child.startPosition.row;
      if (row >= segment.end) return;
      const last = parts.at(-1);
      if (last !== undefined && isBodyOf(child, before) && last.start === before?.startPosition.row) {
        parts[parts.length - 1] = { ...last, node: child };
        continue;
      }
      before = child;
      // positions can step back (here-documents), and a missing token can share the place of the next
      if (row <= (last?.start ?? firstRow - 1) || LISTS.has(child.type) || lines.indent(row) !== child.startIndex) {
        if (child.endPosition.row === row || depth > MAX_DEPTH) continue;
        const definition = definitionOf(child);
        if (definition === null) visit(child, scope, depth + 1);
        else visit(definition.node, [...scope, definition.name], depth + 1);
      } else {
        parts.push({ ...definedBy(child, scope), start: row, end: segment.end });
        for (const comment of commentsAfter(child, lines))
          parts.push({ node: comment, scope, start: comment.startPosition.row, end: segment.end });
      }
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
  return joinClauses(segments, segment.scope.length);
}

/** What the last line of a comment can begin with. */
const ENDS_COMMENT = new Set(["/", "*", "#", "-"]);

/** Comments at the very end of `node` that do not stand further right: blocks by indentation end only before the next code. */
function commentsAfter(node: Node, lines: Lines): Node[] {
  let row = node.endPosition.row;
  while (
    row > node.startPosition.row &&
    (row >= lines.count || lines.indent(row) >= node.endIndex || lines.isBlank(row))
  )
    row--;
  if (!ENDS_COMMENT.has(lines.text[lines.indent(row)] ?? "")) return []; // spares most parts the way down to their last node
  let at: Node = node;
  for (let last = at.lastChild; last !== null && !COMMENTS.has(last.type); last = at.lastChild) at = last;
  const comments: Node[] = [];
  for (let last = at.lastChild; last !== null && COMMENTS.has(last.type); last = last.previousSibling) {
    const { row: start, column } = last.startPosition;
    const outside = start > node.startPosition.row && column <= node.startPosition.column;
    if (outside && lines.indent(start) === last.startIndex) comments.unshift(last);
  }
  return comments;
}

/** Dart: the body of a function stands after its signature, not in it. */
const isBodyOf = (node: Node, before: Node | null): boolean =>
  node.type === "function_body" && before !== null && before.type.endsWith("_signature");

/** Neighbours that define the same name, as one segment. @param depth of the scope around them */
function joinClauses(segments: readonly Segment[], depth: number): Segment[] {
  const joined: Segment[] = [];
  for (const next of segments) {
    const last = joined.at(-1);
    const named = next.scope.length > depth && isClause(next);
    if (named && last !== undefined && isClause(last) && sameScope(last.scope, next.scope))
      joined[joined.length - 1] = { ...last, end: next.end, clauses: [...(last.clauses ?? [last]), next] };
    else joined.push(next);
  }
  return joined;
}

const isClause = ({ node }: Segment): boolean => node !== null && CLAUSES.has(node.type);

function definedBy(node: Node, scope: readonly string[]): { node: Node; scope: readonly string[] } {
  const definition = definitionOf(node);
  return definition === null ? { node, scope } : { node: definition.node, scope: [...scope, definition.name] };
}

/** A comment right above the next part, or an attribute or decorator, belongs to it. */
function joinLeadingTrivia(parts: readonly Segment[], lines: Lines): Segment[] {
  const joined: Segment[] = [];
  let start: number | null = null;
  parts.forEach((part, i) => {
    const next = parts[i + 1];
    if (next !== undefined && part.node !== null && isAbout(part.node, next, lines)) start ??= part.start;
    else {
      joined.push({ ...part, start: start ?? part.start });
      start = null;
    }
  });
  return joined;
}

function isAbout(node: Node, next: Segment, lines: Lines): boolean {
  if (ANNOTATIONS.has(node.type) || (node.type === "unary_operator" && isAboutNext(node))) return true;
  return COMMENTS.has(node.type) && !lines.isBlank(next.start - 1);
}
