import { findRowFormat } from "../../../src/lib/rows/find-row-format.ts";
import { firstPlace, type Row, type RowPlace, readRows } from "../../../src/lib/rows/read-rows.ts";
import type { RowFormat } from "../../../src/lib/rows/row-format.ts";
import { rowSettingsSchema } from "../../../src/lib/settings/pipeline.ts";

const settings = (changes: object = {}) => rowSettingsSchema.parse({ text: "text", id: "id", ...changes });

/** The bytes in pieces of a size, as they come over a wire. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

export function formatOf(bytes: Buffer, name = "rows.csv", changes: object = {}): RowFormat {
  return findRowFormat(bytes.subarray(0, 256 * 1024), { name }, settings(changes));
}

/** All rows of a file, from a place on. */
export async function rowsIn(
  content: string | Buffer,
  options: { name?: string; size?: number; from?: RowPlace; settings?: object } = {},
): Promise<Row[]> {
  const bytes = Buffer.from(content);
  const format = formatOf(bytes, options.name, options.settings);
  const from = options.from ?? firstPlace(format);
  const rows: Row[] = [];
  for await (const row of readRows(pieces(bytes.subarray(from.offset), options.size ?? 65_536), format, from))
    rows.push(row);
  return rows;
}
