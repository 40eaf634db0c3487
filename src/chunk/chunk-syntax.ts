/**
 * Chunks by syntax: the tree only says where lines may be cut and what their enclosing definition is called. A
 * definition that fits is one span; a big one is divided at its members or statements, then small neighbours are joined.
 * Comments, attributes and decorators stay with what they stand before, clauses of one function together.
 */
import type { Node, Tree } from "web-tree-sitter";
import { joinSpans, type Lines, sameScope, type Span } from "./chunk.ts";
import { cutLines } from "./chunk-lines.ts";
import { definitionOf } from "./definitions.ts";
import type { Syntax } from "./languages/language.ts";

/** Deeper nesting than any program has: data, or an attack on the stack. */
const MAX_DEPTH = 100;
/** A tree with more of its text in errors than this says little about the file. */
const MAX_ERROR_SHARE = 1 / 3;
/** The whole file is one error, but this much of it is definitions: a stray token between them. */
const MIN_DEFINED_SHARE = 1 / 2;

/** A text and what its grammar's nodes mean. */
export interface ParsedText {
  readonly lines: Lines;
  readonly syntax: Syntax;
}

/** Lines that belong together, and the node that gives them their inner structure. */
interface Segment extends Span {
  readonly node: Node | null;
  /** Instead of the node: what it is divided into. */
  readonly clauses?: readonly Segment[];
}

/** null: the tree is no guide to this text. */
export function chunkSyntax(tree: Tree, text: ParsedText): Span[] | null {
  const { lines, syntax } = text;
  const root = tree.rootNode;
  if (root.hasError && shareOf(root, lines, (child) => child.type === "ERROR") > MAX_ERROR_SHARE) return null;
  if (
    root.type === "ERROR" &&
    shareOf(root, lines, (child) => definitionOf(child, syntax) !== null) < MIN_DEFINED_SHARE
  )
    return null;
  return divide({ start: 0, end: lines.count, scope: [], node: root }, text, 0);
}

/** How much of the text is in the root's children of a kind. */
function shareOf(root: Node, lines: Lines, isKind: (child: Node) => boolean): number {
  let chars = 0;
  for (const child of root.children) if (isKind(child)) chars += child.endIndex - child.startIndex;
  return chars / lines.text.length;
}

function divide(segment: Segment, text: ParsedText, depth: number): Span[] {
  const { node, clauses, ...span } = segment;
  const { lines, syntax } = text;
  // the file itself is divided even where it fits, so that its definitions get their names
  const open = node !== null && (depth === 0 || syntax.containers.has(node.type));
  if (!open && lines.fits(span.start, span.end)) return [span];
  const inner = clauses ?? (node === null || depth > MAX_DEPTH ? [] : segmentsWithin(segment, node, text));
  if (inner.length === 0) return cutLines(span, lines);
  return joinSpans(
    inner.flatMap((part) => divide(part, text, depth + 1)),
    lines,
  );
}

/** Cuts `segment` before every part of its node that begins a line; the lines before the first are a header of their own. */
function segmentsWithin(segment: Segment, node: Node, text: ParsedText): Segment[] {
  const joined = joinLeadingTrivia(partsWithin(segment, node, text), text);
  const firstRow = node.startPosition.row;
  const first = joined[0]?.start ?? segment.end;
  const segments: Segment[] = first > firstRow ? [{ ...segment, node: null, end: first }] : [];
  joined.forEach((part, i) => {
    // where the node begins with its first part, what stands above it (a comment, say) is that part's
    const start = i === 0 && segments.length === 0 ? segment.start : part.start;
    segments.push({ start, end: joined[i + 1]?.start ?? segment.end, scope: part.scope, node: part.node });
  });
  return joinClauses(segments, segment.scope.length, text.syntax);
}

/** The parts of `node` that begin a line, in order; each reaches to the end of the segment. */
function partsWithin(segment: Segment, node: Node, { lines, syntax }: ParsedText): Segment[] {
  const parts: Segment[] = [];
  const firstRow = node.startPosition.row;
  const visit = (parent: Node, scope: readonly string[], depth: number): void => {
    let before: Node | null = null;
    for (const child of parent.namedChildren) {
      const row = child.startPosition.row;
      if (row >= segment.end) return;
      const last = parts.at(-1);
      const isBody = before !== null && syntax.isBodyOf?.(child, before) === true;
      if (isBody && last !== undefined && last.start === before?.startPosition.row) {
        parts[parts.length - 1] = { ...last, node: child };
        continue;
      }
      before = child;
      // positions can step back (here-documents), and a missing token can share the place of the next
      const beginsLine = row > (last?.start ?? firstRow - 1) && lines.indent(row) === child.startIndex;
      if (!beginsLine || syntax.lists.has(child.type)) {
        if (child.endPosition.row === row || depth > MAX_DEPTH) continue;
        const inner = definedBy(child, scope, syntax);
        visit(inner.node, inner.scope, depth + 1);
      } else {
        parts.push({ ...definedBy(child, scope, syntax), start: row, end: segment.end });
        for (const comment of commentsAfter(child, lines, syntax))
          parts.push({ node: comment, scope, start: comment.startPosition.row, end: segment.end });
      }
    }
  };
  visit(node, segment.scope, 0);
  return parts;
}

/** What the last line of a comment can begin with. */
const ENDS_COMMENT = new Set(["/", "*", "#", "-"]);

/** Comments at the very end of `node` that do not stand further right: blocks by indentation end only before the next code. */
function commentsAfter(node: Node, lines: Lines, syntax: Syntax): Node[] {
  let row = node.endPosition.row;
  while (
    row > node.startPosition.row &&
    (row >= lines.count || lines.indent(row) >= node.endIndex || lines.isBlank(row))
  )
    row--;
  if (!ENDS_COMMENT.has(lines.text[lines.indent(row)] ?? "")) return []; // spares most parts the way down to their last node
  const isComment = ({ type }: Node) => syntax.comments.has(type);
  let at: Node = node;
  for (let last = at.lastChild; last !== null && !isComment(last); last = at.lastChild) at = last;
  const comments: Node[] = [];
  for (let last = at.lastChild; last !== null && isComment(last); last = last.previousSibling) {
    const { row: start, column } = last.startPosition;
    const outside = start > node.startPosition.row && column <= node.startPosition.column;
    if (outside && lines.indent(start) === last.startIndex) comments.unshift(last);
  }
  return comments;
}

/** Neighbours that define the same name, as one segment. @param depth of the scope around them */
function joinClauses(segments: readonly Segment[], depth: number, syntax: Syntax): Segment[] {
  const isClause = ({ node }: Segment): boolean => node !== null && syntax.clauses.has(node.type);
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

function definedBy(node: Node, scope: readonly string[], syntax: Syntax): { node: Node; scope: readonly string[] } {
  const definition = definitionOf(node, syntax);
  return definition === null ? { node, scope } : { node: definition.node, scope: [...scope, definition.name] };
}

/** A comment right above the next part, or an attribute or decorator, belongs to it. */
function joinLeadingTrivia(parts: readonly Segment[], text: ParsedText): Segment[] {
  const joined: Segment[] = [];
  let start: number | null = null;
  parts.forEach((part, i) => {
    const next = parts[i + 1];
    if (next !== undefined && part.node !== null && isAbout(part.node, next, text)) start ??= part.start;
    else {
      joined.push({ ...part, start: start ?? part.start });
      start = null;
    }
  });
  return joined;
}

function isAbout(node: Node, next: Segment, { lines, syntax }: ParsedText): boolean {
  if (syntax.annotations.has(node.type) || syntax.isAnnotation?.(node)) return true;
  return syntax.comments.has(node.type) && !lines.isBlank(next.start - 1);
}
