/** From a page's descriptor to the module of its layout; what no module knows is refused. */
import type { ByteRange } from "../../bytes/byte-source.ts";
import type { ColumnData } from "../column-data.ts";
import { corrupt, unsupported } from "../corruption.ts";
import { Message } from "../protobuf.ts";
import type { ValueShape } from "../schema.ts";
import { openConstantPage } from "./constant.ts";
import { openFullzipPage } from "./fullzip.ts";
import type { Lists } from "./lists.ts";
import { openConstantListPage, openFullzipListPage, openMiniblockListPage } from "./lists.ts";
import { openMiniblockPage } from "./miniblock.ts";
import type { Page, PageInfo, Plan, RowPage } from "./page.ts";

const LAYOUT_URL = "/lance.encodings21.PageLayout";
/** Rows of a page this reader takes; Lance writes a million at most, and a damaged count must not allocate gigabytes. */
export const MAX_ROWS = 1 << 24;

/** A page of flat values of the shape given. @param descriptor a Page message of the column's metadata */
export function openPage(descriptor: Message, of: { fileSize: number; shape: ValueShape }): Page {
  const { info, kind, layout } = parsePage(descriptor, of.fileSize);
  const page =
    kind === 1
      ? openMiniblockPage(info, layout)
      : kind === 2
        ? openConstantPage(info, { layout, shape: of.shape })
        : kind === 3
          ? openFullzipPage(info, layout)
          : refuse(kind);
  const checked = <T extends Plan<ColumnData>>(plan: T): T => ({
    ...plan,
    decode: (b: readonly Uint8Array[]) => checkShape(plan.decode(b), of.shape),
  });
  return {
    rows: page.rows,
    scan: () => checked(page.scan()),
    locate: (rows) => {
      const plan = page.locate(rows);
      return {
        ...plan,
        decode: (buffers) => {
          const locator = plan.decode(buffers);
          return { take: (some) => checked(locator.take(some)) };
        },
      };
    },
  };
}

export function openListPage(descriptor: Message, of: { fileSize: number }): RowPage<Lists> {
  const { info, kind, layout } = parsePage(descriptor, of.fileSize);
  switch (kind) {
    case 1:
      return openMiniblockListPage(info, layout);
    case 2:
      return openConstantListPage(info, layout);
    case 3:
      return openFullzipListPage(info, layout);
    default:
      return refuse(kind);
  }
}

function refuse(kind: number | undefined): never {
  throw unsupported(`page layout ${kind}`);
}

/** What was decoded must be what the schema says, or an offset was wrong somewhere. */
function checkShape(column: ColumnData, shape: ValueShape): ColumnData {
  const ok =
    shape.kind === "fixed" ? column.kind === "fixed" && column.width === shape.width : column.kind === "binary";
  if (!ok) throw corrupt("a page's values are not of the column's type");
  return column;
}

function parsePage(
  descriptor: Message,
  fileSize: number,
): { info: PageInfo; kind: number | undefined; layout: Message } {
  const rows = descriptor.number(3);
  if (rows < 0 || rows > MAX_ROWS) throw unsupported(`a page of ${rows} rows`);
  const offsets = descriptor.numbers(1);
  const sizes = descriptor.numbers(2);
  if (offsets.length !== sizes.length) throw corrupt("a page has buffers without a size");
  const buffers = offsets.map((offset, i): ByteRange => {
    const length = sizes[i] as number;
    if (offset < 0 || length < 0 || offset + length > fileSize) throw corrupt("a page's buffer is outside of the file");
    return { offset, length };
  });
  const direct = descriptor.message(4)?.message(2)?.bytes(1);
  if (direct === undefined) throw unsupported("a page whose encoding is stored elsewhere");
  const any = new Message(direct);
  if (any.text(1) !== LAYOUT_URL) throw unsupported(`page encoding ${JSON.stringify(any.text(1))}`);
  const page = any.message(2);
  const kind = page?.fields()[0];
  const layout = kind === undefined ? undefined : page?.message(kind);
  if (layout === undefined) throw corrupt("a page has no layout");
  return { info: { rows, buffers }, kind, layout };
}
