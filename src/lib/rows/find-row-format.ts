import { parse } from "csv-parse/sync";
import { decodeAs } from "../documents/charsets.ts";
import { decodeDocument } from "../documents/decode-document.ts";
import { DocumentError } from "../documents/document.ts";
import type { RowSettings } from "../settings/pipeline.ts";
import { type CsvFormat, csvOptions, isWide, type RowFormat } from "./row-format.ts";

/** So much of a file's beginning tells how it is to be read, bytes. */
export const SAMPLE_BYTES = 256 * 1024;
/** Records of the sample that are looked at for each delimiter that it may be. */
const SAMPLE_RECORDS = 200;
/** The commonest first: of two that fit alike, it counts. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

const KINDS: readonly { kind: RowFormat["kind"]; names: RegExp; types: RegExp; delimiter?: string }[] = [
  { kind: "csv", names: /\.csv$/i, types: /^(?:text|application)\/csv\b/i },
  { kind: "csv", names: /\.(?:tsv|tab)$/i, types: /^text\/tab-separated-values\b/i, delimiter: "\t" },
  { kind: "jsonl", names: /\.(?:jsonl|ndjson)$/i, types: /^application\/(?:x-)?(?:jsonl|ndjson|jsonlines)\b/i },
];

/** The encoding of a file of rows is one in which these bytes are these characters, so that rows can be told apart by bytes. */
const ASCII = 'a,;\t|"\r\n{}:0';

/**
 * Finds out how a file is to be read: its kind by name, else by content type; its encoding as for any document; its
 * delimiter by trying which one makes the first line name the pipeline's columns. (csv-parse can guess a delimiter by
 * statistics; the names that the pipeline states are surer.)
 * @param sample the file's beginning, `SAMPLE_BYTES` of it if there are so many
 * @throws DocumentError `NotRows`, `ColumnMissing`, `EncodingNotForRows`, and whatever an unreadable document throws
 */
export function findRowFormat(
  sample: Buffer,
  about: { name: string; contentType?: string | undefined; encoding?: string | undefined },
  settings: RowSettings,
): RowFormat {
  const { name, contentType = "" } = about;
  const known = KINDS.find(({ names }) => names.test(name)) ?? KINDS.find(({ types }) => types.test(contentType));
  if (known === undefined) throw notRows();
  const bytes = sample.length < SAMPLE_BYTES ? sample : wholeLines(sample);
  const { text, encoding } = decodeDocument(bytes, about);
  const common = { encoding: { name: encoding.name, source: encoding.source }, mark: markLength(sample) };
  if (!isWide(encoding.name) && decodeAs(Buffer.from(ASCII), encoding.name) !== ASCII) throw notForRows(encoding.name);
  if (known.kind === "jsonl") {
    const { text: field, id } = settings;
    return { kind: "jsonl", ...common, text: String(field), ...(id === undefined ? {} : { id: String(id) }) };
  }
  const newline = text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
  const { quote, header } = settings;
  const stated = settings.delimiter ?? known.delimiter;
  const found = bestColumns(text, { ...settings, newline }, stated === undefined ? DELIMITERS : [stated]);
  return { kind: "csv", ...common, quote, newline, header, ...found };
}

type Columns = Pick<CsvFormat, "delimiter" | "columns" | "text" | "id">;

/** The delimiter with which the columns are there, and most lines have as many fields as the first. */
function bestColumns(
  sample: string,
  settings: RowSettings & { newline: CsvFormat["newline"] },
  delimiters: readonly string[],
): Columns {
  let best: (Columns & { share: number }) | undefined;
  let most = 0;
  for (const delimiter of delimiters) {
    const records: string[][] = parse(sample.replace(/^\ufeff/, ""), {
      ...csvOptions({ ...settings, delimiter }),
      relax_quotes: true,
      skip_records_with_error: true,
      to: SAMPLE_RECORDS,
    });
    const [first = []] = records;
    most = Math.max(most, first.length);
    const text = columnOf(settings.text, first, settings.header);
    const id = settings.id === undefined ? undefined : columnOf(settings.id, first, settings.header);
    if (text === undefined || (id === undefined && settings.id !== undefined)) continue;
    const share = records.filter(({ length }) => length === first.length).length / records.length;
    const isBetter = best === undefined || share > best.share || (share === best.share && first.length > best.columns);
    if (isBetter) best = { delimiter, columns: first.length, text, ...(id === undefined ? {} : { id }), share };
  }
  if (best === undefined) throw columnMissing(settings, most);
  const { share: _share, ...columns } = best;
  return columns;
}

function columnOf(column: string | number, first: readonly string[], header: boolean): number | undefined {
  if (typeof column === "number") return column <= first.length ? column - 1 : undefined;
  if (!header) return undefined;
  const exact = first.indexOf(column);
  const index = exact === -1 ? first.findIndex((name) => name.trim() === column.trim()) : exact;
  return index === -1 ? undefined : index;
}

function wholeLines(sample: Buffer): Buffer {
  const end = sample.lastIndexOf(0x0a);
  // In little-endian UTF-16, its other byte follows.
  const isHalf = end % 2 === 0 && sample[end + 1] === 0;
  return end < SAMPLE_BYTES / 2 ? sample : sample.subarray(0, end + (isHalf ? 2 : 1));
}

function markLength(bytes: Buffer): number {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 3;
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return isUtf16 ? 2 : 0;
}

function notRows(): DocumentError {
  return new DocumentError({
    code: "NotRows",
    message: "The pipeline takes files of rows, and neither the name nor the content type says that this is one",
    hint: "Drop it as .csv, .tsv or .jsonl, or under a name that another pipeline takes.",
  });
}

function notForRows(encoding: string): DocumentError {
  return new DocumentError({
    code: "EncodingNotForRows",
    message: `The file is in ${encoding}, in which the end of a row cannot be told from a half of a character`,
    hint: "Convert it to UTF-8 and drop it again.",
  });
}

function columnMissing({ text, id, header, delimiter }: RowSettings, most: number): DocumentError {
  const wanted = [text, ...(id === undefined ? [] : [id])].map((column) => JSON.stringify(column)).join(" and ");
  const tried = delimiter === undefined ? "any delimiter" : `the delimiter ${JSON.stringify(delimiter)}`;
  const first = header ? "line names" : "row has";
  return new DocumentError({
    code: "ColumnMissing",
    message: `The pipeline reads the columns ${wanted}; the file's first ${first} ${most} columns at the most with ${tried}, not those`,
    hint: 'Compare the file\'s first line with "rows" of the pipeline (upper and lower case count), correct one of the two, and drop or redrive the file.',
  });
}
