import { describe, expect, it } from "vitest";
import { publishRecord } from "../../../src/lib/results/publish-record.ts";
import {
  type FailureFile,
  type PublishOutcome,
  type ResultFile,
  stringifyRecord,
} from "../../../src/lib/results/record.ts";
import { versionMetadata } from "../../../src/lib/results/record-version.ts";
import { everyInterleaving, type Race, type Runner } from "./every-interleaving.ts";
import { FakeStorage, type Gate } from "./fake-containers.ts";
import { BLOB, failure, label, NAME, rank, result, standing } from "./record-samples.ts";

describe("publishRecord, several at once", () => {
  const records = [result(1), failure(1), result(2), failure(2)];
  const pairs = records.flatMap((one) => records.map((other) => [label(one), label(other), one, other] as const));
  const unordered = pairs.filter(([, , one, other]) => records.indexOf(one) <= records.indexOf(other));

  describe.each([
    ["nothing", []],
    ["an older result", [result(0)]],
    ["the failure of one of them", [failure(1)]],
    ["a stale pair", [result(0), failure(0)]],
  ])("with two publishers side by side, and %s there before", (_, before) => {
    it.each(unordered)("leaves the better of %s and %s in every order of their steps", async (_, __, one, other) => {
      const best = [...before, one, other].reduce((best, record) => (rank(record) > rank(best) ? record : best));
      const race = new PublisherRace(before, [one, other]);
      const orders = await everyInterleaving(
        () => race.begin(),
        (outcomes, schedule) => {
          expect(standing(race.storage), schedule).toEqual([stringifyRecord(best)]);
          for (const [index, record] of [one, other].entries()) {
            if (rank(record) === rank(best)) expect(outcomes[index], schedule).not.toBe("superseded");
          }
        },
      );
      expect(orders).toBeGreaterThan(5);
    });

    it.each(pairs)(
      "can lose the publisher of %s at any step, beside %s, if it is repeated",
      async (_, __, one, other) => {
        const best = [...before, one, other].reduce((best, record) => (rank(record) > rank(best) ? record : best));
        const race = new PublisherRace(before, [one, other]);
        for (let step = 0; step < 5; step++) {
          await everyInterleaving(
            () => race.begin(),
            async (_outcomes, schedule) => {
              await publishRecord(race.storage.clients(), one);
              expect(standing(race.storage), `${schedule}, died at ${step}`).toEqual([stringifyRecord(best)]);
            },
            step,
          );
        }
      },
    );
  });

  it.each(["ab", "ba", "ac", "bc", "cb"])(
    "never ends with both or neither, even when the document changes from %s between the looks at it",
    async ([before, after]) => {
      const records = [result(1, { sameSecond: "a" }), failure(1, { sameSecond: "b" })];
      const race = new PublisherRace([], records, async (storage, gate) => {
        storage.input.put(NAME, "text", { etag: `"${before}"` });
        await gate();
        storage.input.put(NAME, "text", { etag: `"${after}"` });
      });
      await everyInterleaving(
        () => race.begin(),
        (_, schedule) => expect(standing(race.storage), schedule).toHaveLength(1),
      );
    },
  );
});

/** Publishers (and somebody else, perhaps) at work on the same document. */
class PublisherRace {
  storage = new FakeStorage();
  readonly #before: readonly (ResultFile | FailureFile)[];
  readonly #records: readonly (ResultFile | FailureFile)[];
  readonly #other: ((storage: FakeStorage, gate: Gate) => Promise<void>) | undefined;

  constructor(
    before: readonly (ResultFile | FailureFile)[],
    records: readonly (ResultFile | FailureFile)[],
    other?: (storage: FakeStorage, gate: Gate) => Promise<void>,
  ) {
    this.#before = before;
    this.#records = records;
    this.#other = other;
  }

  begin(): Race<PublishOutcome | undefined> {
    const storage = new FakeStorage();
    this.storage = storage;
    for (const record of this.#before) {
      const container = record.status === "failed" ? storage.failed : storage.results;
      container.put(BLOB, stringifyRecord(record), { metadata: versionMetadata(record.document) });
    }
    const runners: Runner<PublishOutcome | undefined>[] = this.#records.map(
      (record) => (gate) => publishRecord(storage.clients(gate), record),
    );
    const other = this.#other;
    if (other !== undefined) runners.push((gate) => other(storage, gate).then(() => undefined));
    return { runners, state: () => storage.state() };
  }
}
