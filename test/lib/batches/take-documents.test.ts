import { describe, expect, it } from "vitest";
import type { DocumentMessage } from "../../../src/lib/batches/document-message.ts";
import { choose } from "../../../src/lib/batches/take-documents.ts";

const view = { documentsPerJob: 25, othersHold: false, maxWaitSeconds: 5 };

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
    expect(choose(held(10), { ...view, othersHold: true }).later).toHaveLength(10);
  });

  it("stops putting a document back after three times", () => {
    expect(choose(held(10, { passes: 3 }), { ...view, othersHold: true }).now).toHaveLength(10);
  });

  it("never puts back for a pipeline that does not wait", () => {
    expect(choose(held(60), { ...view, maxWaitSeconds: 0 }).now).toHaveLength(60);
  });

  it("takes a document alone whose reading never ended twice, and leaves its neighbours out of it", () => {
    const neighbours = held(30);
    const dangerous = { document: { ...held(1)[0]?.document, name: "bad", tries: 2 } as DocumentMessage };
    const { now, later } = choose([...neighbours, dangerous], view);
    expect(now).toEqual([dangerous]);
    expect(later).toHaveLength(30);
  });
});
