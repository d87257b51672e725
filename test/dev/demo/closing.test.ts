import { describe, expect, it } from "vitest";
import { closing, type Outcome } from "../../../dev/demo/closing.ts";

const record = { pipeline: "tickets", status: "succeeded", document: { name: "a.txt" } };
const outcome: Outcome = {
  seconds: 1.25,
  dropped: 1,
  skipped: [],
  records: [{ container: "results", blob: "tickets/a.txt.json", text: "{}", record }],
  overview: [{ name: "tickets", waiting: 0, lanes: [], blocked: [], totals: { jobs: 1, requests: 3, textRecords: 1 } }],
  violations: [],
  problems: [],
};

describe("the end of a demo", () => {
  it("is fine when every document ended in one place", () => {
    const { lines, fine } = closing(outcome);
    expect(fine).toBe(true);
    expect(lines).toContain(
      "1 documents in 1.3 s: 1 results, 0 failure records; 1 jobs, 3 service calls, 1 text records.",
    );
    expect(lines.at(-1)).toBe("Every document ended in exactly one place.");
  });

  it("is not fine when a file was not dropped, and names it", () => {
    const { lines, fine } = closing({ ...outcome, skipped: [{ path: "b\u001b.txt", reason: "permission denied" }] });
    expect(fine).toBe(false);
    expect(lines.slice(-2)).toEqual([
      "Not dropped: b\ufffd.txt: permission denied",
      "Every document that was dropped ended in exactly one place.",
    ]);
  });

  it.each<[Partial<Outcome>, string]>([
    [{ problems: ["a.txt has 2 records"] }, "Not in exactly one place: a.txt has 2 records"],
    [{ violations: [{ code: "log-after-end", message: "late" }] }, "The host complains: log-after-end: late"],
  ])("is not fine with %j", (what, line) => {
    const { lines, fine } = closing({ ...outcome, ...what });
    expect(fine).toBe(false);
    expect(lines).toContain(line);
  });
});
