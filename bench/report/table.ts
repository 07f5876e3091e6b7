// Tables of plain text.

/** On which side of its column a cell stands. */
export type Side = "left" | "right";

/** Rows of cells in columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[], sides: readonly Side[]): string {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (row: readonly string[], side: Side, column: number): string => {
    const text = row[column] ?? "";
    return side === "left" ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  };
  return rows.map((row) => sides.map((side, column) => cell(row, side, column)).join("  ").trimEnd()).join("\n");
}
