import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { COST_MODEL, type MeterName } from "../../scripts/cost/cost-model.ts";
import { costBlocks, withBlocks } from "../../scripts/cost/cost-tables.ts";
import { estimate, optionsOf, priceOf, sumOf } from "../../scripts/cost/estimate.ts";
import { FIRST_JOBS } from "../../src/lib/lane/policy/claim-policy.ts";
import { DOCUMENTS_PER_JOB } from "../../src/lib/language/limits.ts";
import { ROOT, readBicep } from "../infra/bicep-file.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/operations.md");
const { meters, needs } = COST_MODEL;
const lineOf = (documents: number, meter: MeterName, together = true) =>
  estimate(COST_MODEL, { documents, together }).find((line) => line.meter === meter);

describe("docs/operations.md", () => {
  it("says of cost what docs/cost-meters.json comes to (npm run cost writes it)", () => {
    expect(page).toBe(withBlocks(page, costBlocks(COST_MODEL)));
  });

  it("refuses a document that has no place for a table", () => {
    expect(() => withBlocks("# Cost\n", { "cost-months": "x" })).toThrow("no place for cost-months");
  });

  it.each(["README.md", ...globSync("docs/*.md", { cwd: ROOT })])(
    "and %s name no sum of money outside these tables, where it could part from them",
    (file) => {
      const prose = read(file).replaceAll(/<!-- (cost-\w+) -->.*?<!-- \/\1 -->/gs, "");
      expect(prose.match(/\$\d[\d.,]*/g) ?? []).toEqual([]);
    },
  );

  it("says of every price where it was read, or that nobody compared it", () => {
    for (const { page: list, seen } of Object.values(meters)) {
      expect(list).toMatch(/^https:\/\/azure\.microsoft\.com\/pricing\/details\//);
      expect(page).toContain(seen === undefined ? `not compared; [list](${list})` : `[${seen.date}](${seen.at})`);
    }
  });
});

describe("a month's bill", () => {
  // By hand, so that a fault in the reckoning is not compared with itself.
  it.each([
    ["records of a million documents, $5 per 1,000", 1_000_000, true, "custom", 1_000_000, 5000],
    [
      "both timers, each a second on 2 GB every minute: 2 × 43,200 × 2 = 172,800 GB-s, less the grant",
      0,
      true,
      "time",
      172_800,
      1.89,
    ],
    ["executions of both timers, within the grant", 0, true, "executions", 86_400, 0],
    ["a minute's round of the timers: 7 × 43,200 lists and writes", 0, true, "blobWrites", 302_400, 1.97],
    ["a document a minute: (1 + 7) × 43,200 × 2 and the timers", 43_200, false, "time", 864_000, 19.86],
    ["a document a minute: (1 + 18) × 43,200 and the timers, less 250,000", 43_200, false, "executions", 907_200, 0.26],
    [
      "a million documents: 16 share a second, 10,000 batches of 9 s, on 2 GB, and the timers",
      1_000_000,
      true,
      "time",
      477_800,
      9.82,
    ],
    ["2.5 KB for each of a million documents, 3 KB for each run of a timer", 1_000_000, true, "logs", 2.7592, 6.35],
  ] as const)("has %s", (_title, documents, together, meter, quantity, usd) => {
    const line = lineOf(documents, meter, together);
    expect(line?.quantity).toBeCloseTo(quantity, 3);
    expect(line?.usd).toBe(usd);
  });

  it("spends the grant of a meter once, not once for the timers and once for the documents", () => {
    const { free, per, tiers } = meters.time;
    const { quantity = 0, usd } = lineOf(1_000_000, "time") ?? {};
    expect(usd).toBe(Math.round(((quantity - free) / per) * (tiers[0]?.usd ?? 0) * 100) / 100);
    expect(quantity).toBeGreaterThan(2 * free);
  });

  it("never falls when more documents come, and is dearer for the same documents one by one", () => {
    const sums = [0, 1, 100, 1000, 43_200, 1_000_000].map((documents) =>
      sumOf(estimate(COST_MODEL, { documents, together: true })),
    );
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    const alone = sumOf(estimate(COST_MODEL, { documents: 43_200, together: false }));
    expect(alone).toBeGreaterThan(sums[4] ?? Number.POSITIVE_INFINITY);
  });

  it("goes through the tiers of a price", () => {
    expect(priceOf(meters.prebuilt, 500_000)).toBe(500);
    expect(priceOf(meters.prebuilt, 1_000_000)).toBe(875);
  });

  it("has no grant for what is always ready", () => {
    for (const meter of ["readyBaseline", "readyTime", "readyExecutions"] as const) expect(meters[meter].free).toBe(0);
    const [one, redundant] = optionsOf(COST_MODEL).map(({ parts }) => parts[0]?.quantity ?? 0);
    expect(priceOf(meters.readyBaseline, one ?? 0)).toBe(20.74);
    expect(priceOf(meters.readyBaseline, redundant ?? 0)).toBe(207.36);
  });
});

/** The needs that stand in code or templates are these, and not others. */
describe("what is reckoned with", () => {
  const host = z
    .looseObject({
      extensions: z.looseObject({
        blobs: z.looseObject({ maxDegreeOfParallelism: z.int() }),
        durableTask: z.looseObject({ storageProvider: z.looseObject({ maxQueuePollingInterval: z.string() }) }),
      }),
    })
    .parse(JSON.parse(read("host.json"))).extensions;
  const settings = read("src/lib/settings/app-settings-table.ts");
  const defaultOf = (name: string) => Number(new RegExp(`name: "${name}",\\s+default: (\\d+)`).exec(settings)?.[1]);
  const timers = globSync("src/functions/*.ts", { cwd: ROOT }).flatMap((file) => read(file).match(/\.timer\(/g) ?? []);
  const alerts = read("infra/modules/alerts.bicep");
  const privateAccess = readBicep("infra/modules/private-access.bicep");

  it.each([
    [
      "memory",
      needs.instanceGb.value,
      Number(readBicep("infra/main.bicep").params.get("instanceMemoryMB")?.value) / 1024,
    ],
    ["documents of a batch", needs.batch.documents.value, FIRST_JOBS * DOCUMENTS_PER_JOB],
    ["timers", needs.timers.count.value, timers.length],
    ["minutes between", needs.timers.minutesBetween.value, defaultOf("SWEEP_INTERVAL_MINUTES")],
    ["intake together", needs.document.intakeTogether.value, host.blobs.maxDegreeOfParallelism],
    [
      "polling",
      needs.polling.seconds.value,
      Number(host.durableTask.storageProvider.maxQueuePollingInterval.split(":")[2]),
    ],
    ["groups: HTTP, blob, Durable, and each timer", needs.groups.value, 3 + timers.length],
    // Conditional rules are those of `text-records` and `project-failing`; the metric rules share one frequency.
    ["alerts every 5 minutes", needs.alerts.every5.value, alerts.match(/frequency: 'PT5M'/g)?.length],
    [
      "alerts every 15 minutes",
      needs.alerts.every15.value,
      (alerts.match(/(?:f|evaluationF)requency: 'PT15M'/g)?.length ?? 0) -
        1 +
        (alerts.match(/name: 'expiring-/g)?.length ?? 0),
    ],
    ["alerts on metrics", needs.alerts.metric.value, alerts.match(/^ {4}metric(?:Name)?: '/gm)?.length],
    [
      "private endpoints: the parts of storage, and Language",
      needs.privateEndpoints.value,
      (/\[([^\]]*)\]/.exec(privateAccess.variables.get("storageServices")?.text ?? "")?.[1]?.split(",").length ?? 0) +
        1,
    ],
  ])("is what the app and the templates have: %s", (_title, stated, found) => {
    expect(stated).toBe(found);
  });
});
