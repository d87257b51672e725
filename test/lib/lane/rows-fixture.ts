import { z } from "zod";
import { rowSettingsSchema } from "../../../src/lib/settings/pipeline.ts";
import type { Fuse } from "../../helpers/fuse.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

/** A lane of a pipeline whose documents are files of rows with the columns `id` and `text`. */
export function prepare(
  { rowsPerPart = 500, ...rows }: { rowsPerPart?: number; [setting: string]: unknown } = {},
  fuse?: Fuse,
): Promise<LaneFixture> {
  // Smaller parts than a pipeline may have make a test short.
  const settings = { ...rowSettingsSchema.parse({ text: "text", id: "id", ...rows }), rowsPerPart };
  return LaneFixture.create({ rows: settings }, fuse && { fuse });
}

/** Runs lane 0 until its queue is empty, and its batch over. */
export async function settle(fixture: LaneFixture, lane = 0): Promise<void> {
  await fixture.run((next) => next.status.state === "closing", lane);
}

/** All blobs of the work on files of rows. */
export async function rowBlobs({ containers }: LaneFixture): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of containers.work.listBlobsFlat({ prefix: "rows/" })) found.push(name);
  return found;
}

/** So many rows, each with an id and a text of its own. */
export function table(count: number, from = 0): [id: string, text: string][] {
  return Array.from({ length: count }, (_, n) => [`r${n + from}`, `text ${n + from}`]);
}

const summarySchema = z.looseObject({
  status: z.string(),
  document: z.looseObject({ etag: z.string() }),
  rows: z.looseObject({
    total: z.number(),
    succeeded: z.number(),
    failed: z.number(),
    unchanged: z.number(),
    run: z.string(),
    parts: z.array(
      z.looseObject({
        firstRow: z.number(),
        rows: z.number(),
        results: z.string().optional(),
        failures: z.string().optional(),
      }),
    ),
    failures: z.array(z.looseObject({ row: z.number(), line: z.number(), code: z.string(), record: z.string() })),
  }),
  usage: z.looseObject({ textRecords: z.number() }),
});
export type Summary = z.output<typeof summarySchema>;

/** The record of a file. */
export async function summaryOf(
  fixture: LaneFixture,
  name: string,
  kind: "results" | "failed" = "results",
): Promise<Summary> {
  return summarySchema.parse(await fixture.read(kind, name));
}

const lineSchema = z.looseObject({
  row: z.number(),
  line: z.number(),
  id: z.string().optional(),
  status: z.string(),
  unchanged: z.boolean().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});

/** What stands of a file's rows, as its summary names it: the parts in their order. */
export async function linesOf(
  fixture: LaneFixture,
  name: string,
  of: "results" | "failures" = "results",
): Promise<z.output<typeof lineSchema>[]> {
  const { rows } = await summaryOf(fixture, name);
  const lines: z.output<typeof lineSchema>[] = [];
  for (const part of rows.parts) {
    const place = part[of];
    if (place === undefined) continue;
    const [container = "", ...rest] = place.split("/");
    const { results, failed } = fixture.containers;
    const found = [results, failed].find(({ containerName }) => containerName === container);
    const text = await found?.getBlobClient(rest.join("/")).downloadToBuffer();
    for (const line of (text?.toString("utf8") ?? "").split("\n")) {
      if (line !== "") lines.push(lineSchema.parse(JSON.parse(line)));
    }
  }
  return lines;
}
