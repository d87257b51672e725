import { describe, expect, it } from "vitest";
import { recordName } from "../../../src/lib/documents/document.ts";
import { publishRecord } from "../../../src/lib/results/publish-record.ts";
import { type FailureFile, type ResultFile, stringifyRecord } from "../../../src/lib/results/record.ts";
import type { Sidecar } from "../../../src/lib/results/sidecar.ts";
import { everyInterleaving } from "./every-interleaving.ts";
import { FakeStorage } from "./fake-containers.ts";
import { BLOB, failure, label, NAME, rank, result } from "./record-samples.ts";

/** A record, and what is to stand beside it. */
interface Publication {
  record: ResultFile | FailureFile;
  sidecars: readonly Extract<Sidecar, { text: string }>[];
}

const first: Publication = { record: result(1), sidecars: [{ suffix: "txt", text: "first" }] };
const second: Publication = { record: result(2), sidecars: [{ suffix: "txt", text: "second" }] };
const plain: Publication = { record: result(2), sidecars: [] };
const failed: Publication = { record: failure(2), sidecars: [] };
const failedFirst: Publication = { record: failure(1), sidecars: [] };

const named = (one: Publication): string => `${label(one.record)} with ${one.sidecars.length} files beside it`;

function publish(storage: FakeStorage, { record, sidecars }: Publication, gate?: () => Promise<void>) {
  return publishRecord(storage.clients(gate), record, { sidecars });
}

/** Exactly what the better of some publications leaves: its record, and its files beside it. */
function expectOnly(storage: FakeStorage, { record, sidecars }: Publication, when = ""): void {
  const blobs = [...storage.results.blobs, ...storage.failed.blobs].map(([name, { text }]) => [name, text]);
  const expected = [
    ...sidecars.map(({ suffix, text }) => [recordName("letters", NAME, suffix), text]),
    [BLOB, stringifyRecord(record)],
  ];
  expect(blobs.toSorted(), when).toEqual(expected.toSorted());
}

describe("the files beside a result", () => {
  it("are written before the result that names them, in one operation each", async () => {
    const storage = new FakeStorage();
    let operations = 0;
    await publish(storage, first, async () => {
      operations++;
      if (storage.results.blobs.has(BLOB)) expect(storage.results.blobs.size).toBe(2);
    });
    expect(operations).toBe(3);
    expectOnly(storage, first);
  });

  it("are written anew for a document that was redriven", async () => {
    const storage = new FakeStorage();
    await publish(storage, first);
    const sidecars = [{ suffix: "txt", text: "once more" }];
    await publishRecord(storage.clients(), first.record, { again: true, sidecars });
    expectOnly(storage, { ...first, sidecars });
  });

  it("have a name that no record can have, however long the document's is", () => {
    expect(recordName("letters", "a", "txt")).toBe("letters/a.txt");
    const long = recordName("letters", "x".repeat(1_020), "redacted.txt");
    expect(long).toHaveLength(1_024);
    expect(long).toMatch(/%~[0-9a-f]{64}\.redacted\.txt$/);
  });

  const pairs = [
    [first, second],
    [second, first],
    [first, first],
    [first, plain],
    [plain, first],
    [first, failed],
    [failed, first],
    [first, failedFirst],
    [failedFirst, first],
  ].map(([one, other]) => [named(one as Publication), named(other as Publication), one, other] as const);

  it.each(pairs)("go and stay with it, in every order of the steps of %s and %s", async (_, __, one, other) => {
    if (one === undefined || other === undefined) return expect.unreachable();
    const best = rank(one.record) >= rank(other.record) ? one : other;
    let storage = new FakeStorage();
    const begin = () => {
      const fresh = new FakeStorage();
      storage = fresh;
      const runners = [one, other].map((each) => (gate: () => Promise<void>) => publish(fresh, each, gate));
      return { runners, state: () => fresh.state() };
    };
    await everyInterleaving(begin, (_outcomes, schedule) => expectOnly(storage, best, schedule));
    for (let step = 0; step < 8; step++) {
      await everyInterleaving(
        begin,
        async (_outcomes, schedule) => {
          await publish(storage, one);
          expectOnly(storage, best, `${schedule}, died at ${step}`);
        },
        step,
      );
    }
  });
});
