// The command `inspect`: what is in a safetensors file, whoever made it.
import { type ListedTensor, type Listing, listingOf } from "../io/listing.js";
import type { InspectOptions } from "./arguments.js";
import { about, DiskSource } from "./disk-files.js";
import { type Side, table } from "./table.js";

/** The longest text of the metadata that is printed whole; JSON has all of it. */
const LONGEST = 1000;

const columns: readonly { head: string; side: Side; cell: (tensor: ListedTensor) => string }[] = [
  { head: "tensor", side: "left", cell: ({ name }) => printable(name) },
  { head: "dtype", side: "left", cell: ({ dtype }) => dtype },
  { head: "shape", side: "left", cell: ({ shape }) => `[${shape.join(", ")}]` },
  { head: "bytes", side: "right", cell: (tensor) => String(bytesOf(tensor)) },
];

/** Prints it; returns the exit code. */
export function inspect({ model, json }: InspectOptions): number {
  const source = about(model, () => new DiskSource(model));
  try {
    const listing = about(model, () => listingOf(source));
    console.log(json ? JSON.stringify(asJson(listing, source.bytes), null, 2) : asText(listing, source.bytes));
    return 0;
  } finally {
    source.close();
  }
}

function asText(listing: Listing, fileBytes: number): string {
  const { metadata, tensors } = listing;
  const { elements, bytes } = totalsOf(tensors);
  const texts = Object.entries(metadata).map(([key, text]) => [printable(key), printable(text)]);
  const cells = [columns.map(({ head }) => head), ...tensors.map((tensor) => columns.map(({ cell }) => cell(tensor)))];
  const total = `${tensors.length} tensors, ${elements} elements, ${bytes} bytes; ${fileBytes} bytes with the header`;
  const parts = [table(texts, ["left", "left"]), table(cells, columns.map(({ side }) => side)), total];
  return parts.filter((part) => part !== "").join("\n\n");
}

function asJson({ metadata, tensors }: Listing, fileBytes: number): object {
  const listed = tensors.map((tensor) => ({ name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, bytes: bytesOf(tensor) }));
  return { metadata, tensors: listed, total: { tensors: tensors.length, ...totalsOf(tensors), fileBytes } };
}

function totalsOf(tensors: readonly ListedTensor[]): { elements: number; bytes: number } {
  let [elements, bytes] = [0, 0];
  for (const tensor of tensors) {
    elements += tensor.shape.reduce((product, axis) => product * axis, 1);
    bytes += bytesOf(tensor);
  }
  return { elements, bytes };
}

function bytesOf({ start, end }: ListedTensor): number {
  return end - start;
}

/** A stranger's text in one line, without what a terminal would obey. */
function printable(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text;
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => JSON.stringify(character).slice(1, -1).replace(character, `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`));
}
