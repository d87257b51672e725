import { describe, expect, it } from "vitest";
import { localRefs } from "../../../../src/lib/language/jobs/document-answer.ts";

describe("localRefs", () => {
  it.each([
    ["#/results/documents/3/entities/11", "#/entities/11"],
    ["#/documents/0/entities/1", "#/entities/1"],
    ["#/documents/0/sentences/2/assessments/1", "#/sentences/2/assessments/1"],
    ["#/tasks/items/0/results/documents/12/entities/4", "#/entities/4"],
    ["#/entities/4", "#/entities/4"],
    ["entities/4", "entities/4"],
  ])("%s becomes %s", (ref, local) => {
    expect(localRefs({ relations: [{ entities: [{ ref, role: "Dosage" }] }] })).toEqual({
      relations: [{ entities: [{ ref: local, role: "Dosage" }] }],
    });
  });

  it("touches pointers only", () => {
    const value = { text: "#/documents/0/entities/1", ref: 7, nested: [null, { role: "#/documents/0/x" }] };
    expect(localRefs(value)).toEqual(value);
  });
});
