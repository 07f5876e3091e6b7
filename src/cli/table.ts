// Tables of plain text.

/** On which side of its column a cell stands. */
export type Side = "left" | "right";

/** Rows of cells in columns as wide as their widest cell; the first row is the head. */
export function table(rows: readonly (readonly string[])[], sides: readonly Side[]): string {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => sides.map((side, column) => cell(row[column] ?? "", widths[column]!, side)).join("  ").trimEnd());
  return lines.join("\n");
}

function cell(text: string, width: number, side: Side): string {
  return side === "left" ? text.padEnd(width) : text.padStart(width);
}
