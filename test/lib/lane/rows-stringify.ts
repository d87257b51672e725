/** A CSV file with a header, every field in quotes. */
export function stringify(rows: readonly (readonly string[])[], header: readonly string[] = ["id", "text"]): string {
  return [header, ...rows]
    .map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`)
    .join("");
}
