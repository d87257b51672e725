import { z } from "zod";
import { type DocumentInfo, recordName } from "../documents/document.ts";
import { buildFailure, documentPart, type FailureFile, type ResultFile, SCHEMA_VERSION } from "../results/record.ts";
import { type FoundRecord, findRecord } from "../results/record-version.ts";
import { readText } from "../storage/blobs.ts";
import { parseReadable } from "../storage/versioned-json.ts";
import { type FileRun, type RowsContext, sumTallies } from "./file-run.ts";
import { partName } from "./row-names.ts";

/** So many failed rows are named in a summary; all of them stand in the parts. */
const MOST_FAILURES = 1_000;

/** The parts of a line that a summary tells of a failed row. */
const failedLineSchema = z.looseObject({
  row: z.int(),
  line: z.int(),
  id: z.string().optional(),
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    source: z.enum(["service", "reader"]).catch("reader"),
  }),
});
type FailedLine = z.output<typeof failedLineSchema>;

/**
 * The record of a file of rows whose parts have all ended: its summary, or a failure record when every row failed. The same
 * run gives the same record.
 */
export async function buildFileRecord(context: RowsContext, run: FileRun): Promise<ResultFile | FailureFile> {
  const { pipeline } = context;
  const tally = sumTallies(run);
  const { succeeded, partiallySucceeded, failed, unchanged, textRecords } = tally;
  const total = run.parts.reduce((sum, rows) => sum + rows, 0);
  const { failures, first } = await readFailures(context, run);
  const { kind, ...format } = run.format;
  const { encoding: _encoding, mark: _mark, text: _text, id: _id, ...dialect } = { id: undefined, ...format };
  const rows = {
    total,
    succeeded,
    partiallySucceeded,
    failed,
    unchanged,
    format: { kind, ...dialect },
    run: run.run,
    again: run.again,
    rules: run.rules,
    parts: partsOf(context, run),
    failures,
    ...(failed > failures.length ? { moreFailures: failed - failures.length } : {}),
  };
  const document: DocumentInfo = { ...run.document, encoding: run.format.encoding } as DocumentInfo;
  const ended = tally.endedAt === 0 ? document.lastModified : new Date(tally.endedAt).toISOString();
  const endedAt = ended ?? new Date(0).toISOString();
  const usage = { textRecords };
  if (total > 0 && failed === total) {
    const { code, message, hint, source } = first?.error ?? NO_ERROR;
    const error = {
      code,
      message: `None of the ${total} rows has a result. The first of them: ${message}`,
      hint,
      source,
    };
    const failure = buildFailure({ pipeline: pipeline.name, document, error, attempts: 1, failedAt: endedAt });
    return { ...failure, rows, usage };
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    pipeline: pipeline.name,
    status: failed + partiallySucceeded > 0 ? "partiallySucceeded" : "succeeded",
    document: documentPart(document),
    tasks: [],
    jobs: [],
    rows,
    usage,
    completedAt: endedAt,
  };
}

/** Somebody has removed the part that tells why. */
const NO_ERROR = {
  code: "Unknown",
  message: "what was wrong is not known any more",
  hint: "Redrive it.",
  source: "reader",
} as const;

/** Which rows each part has, and where they stand. */
function partsOf({ containers, pipeline }: RowsContext, run: FileRun): object[] {
  const { results, failed } = containers;
  let before = 0;
  return run.parts.map((rows, index) => {
    const number = index + 1;
    const name = partName(pipeline.name, run.document.name, { run: run.run, number });
    const tally = run.done[number];
    const hasResults = (tally?.succeeded ?? 0) + (tally?.partiallySucceeded ?? 0) > 0;
    const part = {
      firstRow: before + 1,
      rows,
      ...(hasResults ? { results: `${results.containerName}/${name}` } : {}),
      ...((tally?.failed ?? 0) > 0 ? { failures: `${failed.containerName}/${name}` } : {}),
    };
    before += rows;
    return part;
  });
}

/** The first failed rows, and where each stands. */
async function readFailures(
  { containers, pipeline }: RowsContext,
  run: FileRun,
): Promise<{ failures: object[]; first: FailedLine | undefined }> {
  const { failed } = containers;
  const failures: object[] = [];
  let first: FailedLine | undefined;
  for (let number = 1; number <= run.parts.length && failures.length < MOST_FAILURES; number++) {
    if ((run.done[number]?.failed ?? 0) === 0) continue;
    const name = partName(pipeline.name, run.document.name, { run: run.run, number });
    const blob = await readText(failed, name);
    for (const text of (blob?.text ?? "").split("\n")) {
      if (text === "" || failures.length === MOST_FAILURES) continue;
      const found = failedLineSchema.parse(JSON.parse(text));
      first ??= found;
      const { row, line, id, error } = found;
      failures.push({
        row,
        line,
        id,
        code: error.code,
        message: error.message,
        record: `${failed.containerName}/${name}`,
      });
    }
  }
  return { failures, first };
}

const standingSchema = z.looseObject({
  rows: z.looseObject({ run: z.string(), again: z.int(), rules: z.string(), failed: z.int() }).optional(),
  status: z.string(),
});

/** The record that a file has now, of whichever version. */
export interface StandingRecord extends FoundRecord {
  /** Its run; absent for a file that could not be read. */
  run?: { name: string; again: number; rules: string } | undefined;
  /** Some of its rows, or the whole, have no result, or not of every task. */
  hasFailures: boolean;
}

/** The record of a file; undefined when it has ended nowhere. */
export async function readStanding(
  { containers, pipeline }: RowsContext,
  file: string,
): Promise<StandingRecord | undefined> {
  const found = await findRecord(containers, pipeline.name, file);
  if (found === undefined) return undefined;
  const container = found.kind === "result" ? containers.results : containers.failed;
  const blob = await readText(container, recordName(pipeline.name, file));
  // Of a record that somebody damaged, nothing is known.
  const { rows, status } = parseReadable(blob?.text, standingSchema) ?? {};
  const run = rows && { name: rows.run, again: rows.again, rules: rows.rules };
  return { ...found, run, hasFailures: status !== "succeeded" };
}
