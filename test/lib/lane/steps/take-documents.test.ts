import { describe, expect, it } from "vitest";
import { choose } from "../../../../src/lib/lane/steps/take-documents.ts";
import type { DocumentMessage } from "../../../../src/lib/storage/document-message.ts";

const view = { documentsPerJob: 25, othersCompete: false, maxWaitSeconds: 5 };

function held(count: number, changes: Partial<DocumentMessage> = {}): { document: DocumentMessage }[] {
  return Array.from({ length: count }, (_, index) => ({
    document: { name: `d${index}`, reason: "event", queuedAt: "2026-01-01T00:00:00Z", passes: 0, tries: 0, ...changes },
  }));
}

describe("choose", () => {
  it("takes whole jobs and puts the rest back while others compete for documents", () => {
    const { now, later } = choose(held(60), view);
    expect([now.length, later.length]).toEqual([50, 10]);
  });

  it("takes a half-full job when nobody else holds documents", () => {
    expect(choose(held(10), view).now).toHaveLength(10);
  });

  it("puts a half-full job back while others hold documents that may fill it", () => {
    expect(choose(held(10), { ...view, othersCompete: true }).later).toHaveLength(10);
  });

  it("stops putting a document back after three times", () => {
    expect(choose(held(10, { passes: 3 }), { ...view, othersCompete: true }).now).toHaveLength(10);
  });

  it("never puts back for a pipeline that does not wait", () => {
    expect(choose(held(60), { ...view, maxWaitSeconds: 0 }).now).toHaveLength(60);
  });

  it("reads documents whose reading never ended twice a few at a time, without the others", () => {
    const { now, later } = choose([...held(30), ...held(15, { tries: 2 })], view);
    expect([now.length, later.length]).toEqual([10, 35]);
    expect(now.every(({ document }) => document.tries === 2)).toBe(true);
  });

  it("takes a document alone whose reading never ended four times", () => {
    const dangerous = { document: { ...held(1)[0]?.document, name: "bad", tries: 4 } as DocumentMessage };
    const { now, later } = choose([...held(30), ...held(3, { tries: 2 }), dangerous], view);
    expect(now).toEqual([dangerous]);
    expect(later).toHaveLength(33);
  });
});
