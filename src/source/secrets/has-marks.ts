/** Was something covered in a text? Only that makes it differ from the blob it was made of. */
import { blobId } from "../../git/objects/blob-id.ts";
import { encodeFileText } from "../../text/file-text.ts";
import { MARK } from "./redact.ts";

/** @param file.blob git blob id of the file as git has it */
export const hasMarks = ({ text, blob }: { readonly text: string; readonly blob: string }): boolean =>
  text.includes(MARK + MARK) && blobId(encodeFileText(text)) !== blob;
