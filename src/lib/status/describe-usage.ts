import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";
import { readCursor, writeCursor } from "../api/common-schemas.ts";
import { RequestRefused, unknownCursor } from "../api/route.ts";
import type { UsageRow, usageAnswerSchema, usageQuery } from "../api/usage-schemas.ts";
import { keptDay, laterOf } from "../lane/store/daily-usage.ts";
import { recordsByPrice } from "../lane/store/lane-file.ts";
import { listLanes, readLaneFile } from "../lane/store/list-lanes.ts";
import { workNames } from "../lane/store/names.ts";
import { addUsage, type DayUsage, NO_USAGE } from "../usage/counters.ts";
import { moneyOf, type Prices, priceClassOf } from "../usage/prices.ts";
import type { StatusContext } from "./describe-pipeline.ts";

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 7;
const MOST_DAYS = 400;
const CONCURRENCY = 16;

const afterSchema = z.object({ day: z.string(), pipeline: z.string() });

/**
 * What was done and what it cost, by day and pipeline. Lanes count a batch in the write that ends it, so that none counts
 * twice whatever dies; what they did on days that are over is kept by pipeline and day.
 * @throws RequestRefused for days that are none, or too many
 */
export async function describeUsage(
  context: StatusContext,
  query: z.output<typeof usageQuery>,
): Promise<z.output<typeof usageAnswerSchema>> {
  const { prices } = context;
  const { from, to } = daysOf(query, context.now());
  const after = query.cursor === undefined ? undefined : (readCursor(afterSchema, query.cursor) ?? unknownCursor());
  const names = query.pipeline === undefined ? await listPipelines(context) : [query.pipeline];
  const found = await Promise.all(names.map((pipeline) => listDays(context.containers.work, pipeline, { from, to })));
  const all = found
    .flat()
    .sort((one, other) => other.day.localeCompare(one.day) || one.pipeline.localeCompare(other.pipeline));
  const first = after === undefined ? 0 : all.findIndex(({ day, pipeline }) => isAfter({ day, pipeline }, after));
  const page = first < 0 ? [] : all.slice(first, first + query.limit);
  const rows = await pMap(page, async (one) => rowOf(one, await one.usage(), prices), { concurrency: CONCURRENCY });
  const last = page.at(-1);
  const isMore = last !== undefined && first + query.limit < all.length;
  const { currency, date, source, perThousand } = prices;
  return {
    from,
    to,
    rows,
    prices: { currency, ...(date === undefined ? {} : { date }), source, perThousand },
    ...(isMore ? { nextCursor: writeCursor({ day: last.day, pipeline: last.pipeline }) } : {}),
  };
}

function daysOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: number) {
  const last = to ?? new Date(now).toISOString().slice(0, 10);
  const first = from ?? new Date(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days >= 1 && days <= MOST_DAYS) return { from: first, to: last };
  const message = days < 1 ? `to (${last}) is before from (${first})` : `from ${first} to ${last} are ${days} days`;
  const hint = `Ask for at most ${MOST_DAYS} days, the first of them in from.`;
  throw new RequestRefused(400, { code: "InvalidDays", message, hint });
}

type Place = z.output<typeof afterSchema>;

function isAfter(one: Place, other: Place): boolean {
  return one.day === other.day ? one.pipeline > other.pipeline : one.day < other.day;
}

/** The pipelines that there are, and those of which something was kept. */
async function listPipelines({ containers, pipelines }: StatusContext): Promise<string[]> {
  const names = new Set(pipelines.map(({ name }) => name));
  for (const prefix of [workNames.kept, workNames.lanes]) {
    for await (const item of containers.work.listBlobsByHierarchy("/", { prefix })) {
      if (item.kind === "prefix") names.add(item.name.slice(prefix.length, -1));
    }
  }
  return [...names];
}

interface FoundDay extends Place {
  usage(): Promise<DayUsage>;
}

/** The days of which something is known; what was done on them is read when it is asked for. */
async function listDays(
  work: ContainerClient,
  pipeline: string,
  { from, to }: { from: string; to: string },
): Promise<FoundDay[]> {
  const prefix = workNames.days(pipeline);
  const days = new Set<string>();
  for await (const { name } of work.listBlobsFlat({ prefix })) days.add(name.slice(prefix.length, -".json".length));
  const files = await pMap(
    await listLanes(work, pipeline),
    async ({ lane }) => ({ lane, days: (await readLaneFile(work, { pipeline, lane }))?.days ?? {} }),
    { concurrency: CONCURRENCY },
  );
  const kept = new Set(days);
  for (const day of files.flatMap((file) => Object.keys(file.days))) days.add(day);
  const usage = async (day: string): Promise<DayUsage> => {
    const lanes = kept.has(day) ? (await keptDay(work, pipeline, day).read()).value.lanes : {};
    for (const file of files) {
      const own = file.days[day];
      if (own !== undefined) lanes[file.lane] = laterOf(lanes[file.lane], own);
    }
    return Object.values(lanes).reduce(addUsage, NO_USAGE);
  };
  return [...days].flatMap((day) => (day >= from && day <= to ? [{ day, pipeline, usage: () => usage(day) }] : []));
}

function rowOf({ day, pipeline }: Place, usage: DayUsage, prices: Prices): UsageRow {
  const { documents, partiallySucceeded, failed, textRecords, calls, throttles, tasks } = usage;
  return {
    day,
    pipeline,
    documents,
    partiallySucceeded,
    failed,
    textRecords,
    calls,
    throttles,
    money: moneyOf(recordsByPrice(usage), prices),
    tasks: Object.entries(tasks).map(([name, task]) => {
      return { name, ...task, money: moneyOf({ [priceClassOf(task.kind)]: task.textRecords }, prices) };
    }),
  };
}
