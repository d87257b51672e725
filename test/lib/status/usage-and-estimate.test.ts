import { describe, expect, it } from "vitest";
import {
  estimateAnswerSchema,
  estimateBodySchema,
  usageAnswerSchema,
  usageQuery,
} from "../../../src/lib/api/usage-schemas.ts";
import { keepDays } from "../../../src/lib/lane/store/daily-usage.ts";
import { removeLeftovers } from "../../../src/lib/queueing/removed-pipelines.ts";
import { describeUsage } from "../../../src/lib/status/describe-usage.ts";
import { estimate } from "../../../src/lib/status/estimate.ts";
import { NO_USAGE } from "../../../src/lib/usage/counters.ts";
import { pricesSchema } from "../../../src/lib/usage/prices.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const DAY_MS = 24 * 60 * 60_000;
const TASKS = (["KeyPhraseExtraction", "CustomSingleLabelClassification"] as const).map((kind) => ({
  kind,
  name: kind === "KeyPhraseExtraction" ? "phrases" : "topic",
  parameters: kind === "KeyPhraseExtraction" ? {} : { projectName: "tickets", deploymentName: "production" },
}));

describe("the usage", () => {
  const usageOf = async (fixture: LaneFixture, query: object = {}) =>
    usageAnswerSchema.parse(await describeUsage(fixture.statusContext(), usageQuery.parse(query)));

  it("tells documents, records, calls, throttles and money by day, pipeline and task, also of days that are over", async () => {
    const fixture = await LaneFixture.create({ tasks: TASKS });
    fixture.language.script.onSubmit = (_request, nth) =>
      nth === 1 ? { class: "throttled", code: "429", message: "wait", hint: "", status: 429 } : undefined;
    fixture.language.script.onDocument = ({ text }, { name }) =>
      text === "half" && name === "topic" ? { code: "UnsupportedLanguageCode", message: "no" } : undefined;
    for (const name of ["a", "b"]) await fixture.drop(name, "text");
    await fixture.drop("half", "half");
    await fixture.drop("empty", "");
    await fixture.finish();
    const first = new Date(fixture.now()).toISOString().slice(0, 10);
    const expected = {
      day: first,
      pipeline: "tickets",
      documents: 4,
      failed: 1,
      partiallySucceeded: 1,
      textRecords: 5,
      calls: 3,
      throttles: 1,
      money: { amount: 0.013, currency: "USD" },
      tasks: [
        { name: "phrases", documents: 3, failed: 0, textRecords: 3, calls: 3, throttles: 1, money: { amount: 0.003 } },
        { name: "topic", documents: 3, failed: 1, textRecords: 2, money: { amount: 0.01 } },
      ],
    };
    expect((await usageOf(fixture, { to: first })).rows).toMatchObject([expected]);

    fixture.skippedMs += DAY_MS;
    await fixture.drop("later", "text");
    await fixture.finish();
    const second = new Date(fixture.now()).toISOString().slice(0, 10);
    expect(Object.keys((await fixture.file()).days)).toEqual([second]);
    const both = await usageOf(fixture, { to: second });
    expect(both.rows).toMatchObject([{ day: second, documents: 1 }, expected]);
    const page = await usageOf(fixture, { to: second, limit: "1" });
    expect(page.rows).toMatchObject([{ day: second }]);
    const rest = await usageOf(fixture, { to: second, limit: "1", cursor: page.nextCursor });
    expect(rest).toMatchObject({ rows: [{ day: first }] });
    expect(rest).not.toHaveProperty("nextCursor");
    await expect(usageOf(fixture, { from: second, to: first })).rejects.toMatchObject({ status: 400 });
  });

  it("counts a day once that is kept and, after a crash, in the lane's file as well, and no slower run lessens it", async () => {
    const fixture = await LaneFixture.create();
    for (const name of ["a", "b"]) {
      await fixture.drop(name, "text");
      await fixture.finish();
    }
    const { work } = fixture.containers;
    const { days } = await fixture.file();
    const [[day = "", usage] = []] = Object.entries(days);
    expect(usage).toMatchObject({ batches: 2, documents: 2 });
    const keep = (kept: typeof days) => keepDays(work, { pipeline: "tickets", lane: 0 }, kept);
    await keep(days);
    await keep(days);
    await keep({ [day]: { ...NO_USAGE, batches: 1, documents: 1 } });
    expect((await usageOf(fixture, { from: day, to: day })).rows).toMatchObject([
      { day, documents: 2, textRecords: 2 },
    ]);
    fixture.skippedMs += DAY_MS;
    await fixture.drop("c", "text");
    await fixture.finish();
    expect((await usageOf(fixture, { from: day })).rows.map(({ documents }) => documents)).toEqual([1, 2]);
  });
});

describe("the usage of a pipeline that was removed", () => {
  it("is still told when its lanes are swept away", async () => {
    const fixture = await LaneFixture.create();
    await fixture.drop("a", "text");
    await fixture.finish();
    const queues = { listQueues: () => [][Symbol.iterator]() as never };
    const context = { ...fixture.statusContext(), pipelines: [], queues };
    await removeLeftovers(context, fixture.now() + 60_000);
    const { rows } = await describeUsage(context, usageQuery.parse({}));
    expect(rows).toMatchObject([{ pipeline: "tickets", documents: 1 }]);
  });
});

describe("prices", () => {
  it("are those of the list, with date and source, unless the setting gives others", () => {
    expect(pricesSchema.parse(undefined)).toMatchObject({
      currency: "USD",
      perThousand: { custom: 5, prebuilt: 1 },
      date: expect.any(String),
    });
    expect(pricesSchema.parse("custom=4.62, currency=EUR")).toEqual({
      currency: "EUR",
      source: "app setting PRICES",
      perThousand: { custom: 4.62, prebuilt: 1, healthcare: 25, summaries: 2 },
    });
    expect(pricesSchema.safeParse("custom=cheap").error?.issues[0]?.message).toMatch(/custom=4.62/);
  });
});

describe("an estimate", () => {
  const estimateOf = async (fixture: LaneFixture, body: object) =>
    estimateAnswerSchema.parse(await estimate(fixture.statusContext(), estimateBodySchema.parse(body)));

  it("reckons given documents: records, money, calls, minutes, and the resources for a wanted end", async () => {
    const fixture = await LaneFixture.create({ tasks: TASKS });
    const body = { pipeline: "tickets", documents: 1_000_000, meanCharacters: 800, finishInMinutes: 60 };
    expect(await estimateOf(fixture, body)).toMatchObject({
      documents: 1_000_000,
      textRecords: 2_000_000,
      money: { amount: 6_000, currency: "USD" },
      jobs: 40_000,
      calls: 120_000,
      minutes: 120,
      resourcesNeeded: 2,
      complete: true,
    });
    expect(() => estimateBodySchema.parse({ pipeline: "tickets", documents: 3 })).toThrow(/together/);
  });

  it("looks at the documents of a prefix that the pipeline takes", async () => {
    const fixture = await LaneFixture.create({ match: "tickets/**" });
    const put = (name: string, bytes: number) =>
      fixture.containers.input.getBlockBlobClient(name).uploadData(Buffer.alloc(bytes, "a"));
    await put("tickets/a/1.txt", 900);
    await put("tickets/a/2.txt", 2_100);
    await put("tickets/b/3.txt", 100);
    await put("other.txt", 100);
    expect(await estimateOf(fixture, { pipeline: "tickets", prefix: "tickets/a" })).toMatchObject({
      documents: 2,
      bytes: 3_000,
      textRecords: 4,
      jobs: 1,
    });
    expect((await estimateOf(fixture, { pipeline: "tickets" })).documents).toBe(3);
    await expect(estimateOf(fixture, { pipeline: "nowhere" })).rejects.toMatchObject({ status: 404 });
  });
});
