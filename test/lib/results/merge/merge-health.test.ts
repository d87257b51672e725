import { describe, expect, it } from "vitest";
import { entity, merge } from "./parts-of.ts";

const TEXT = "Takes aspirin 100 mg daily for pain. Aspirin stopped.";
const drug = entity(TEXT, "aspirin", "MedicationName", { links: [{ dataSource: "UMLS", id: "C0004057" }] });
const dose = entity(TEXT, "100 mg", "Dosage");
const often = entity(TEXT, "daily", "Frequency");
const pain = entity(TEXT, "pain", "SymptomOrSign", { assertion: { certainty: "positive" } });

function relation(relationType: string, ends: Record<string, number>, fields: object = {}) {
  const entities = Object.entries(ends).map(([role, index]) => ({ ref: `#/entities/${index}`, role }));
  return { relationType, entities, ...fields };
}

describe.each(["Healthcare", "CustomHealthcare"] as const)("merging %s", (kind) => {
  it("points relations at the merged entities and keeps equal ones once", () => {
    const left = {
      entities: [drug, dose],
      relations: [relation("DosageOfMedication", { Dosage: 1, Medication: 0 }, { confidenceScore: 0.7 })],
    };
    const right = {
      entities: [dose, often, pain, { ...drug, confidenceScore: 0.99 }],
      relations: [
        relation("DosageOfMedication", { Medication: 3, Dosage: 0 }, { confidenceScore: 0.9 }),
        relation("FrequencyOfMedication", { Medication: 3, Frequency: 1 }),
      ],
    };
    const merged = merge(kind, TEXT, [
      { from: 0, to: 21, content: left },
      { from: 6, to: TEXT.length, content: right },
    ]);
    expect(merged.entities).toEqual([{ ...drug, confidenceScore: 0.99 }, dose, often, pain]);
    expect(merged.relations).toEqual([
      relation("DosageOfMedication", { Medication: 0, Dosage: 1 }, { confidenceScore: 0.9 }),
      relation("FrequencyOfMedication", { Medication: 0, Frequency: 2 }),
    ]);
  });

  it("points a relation of a cut entity at the whole one", () => {
    const half = { ...dose, text: "100", length: 3 };
    const merged = merge(kind, TEXT, [
      {
        from: 0,
        to: TEXT.indexOf(" mg"),
        content: { entities: [drug, half], relations: [relation("DosageOfMedication", { Medication: 0, Dosage: 1 })] },
      },
      { from: 14, to: TEXT.length, content: { entities: [dose], relations: [] } },
    ]);
    expect(merged.entities).toEqual([drug, dose]);
    expect(merged.relations).toEqual([relation("DosageOfMedication", { Medication: 0, Dosage: 1 })]);
  });

  it("keeps what both the prebuilt and the list component found, twice, with the relations of each", () => {
    const component = (entityComponentKind: string, fields: object = {}) => {
      const entityComponentInformation = [{ entityComponentKind, value: "aspirin" }];
      return { ...entity(TEXT, "aspirin", "MedicationName"), ...fields, entityComponentInformation };
    };
    const list = component("listComponent");
    const prebuilt = component("prebuiltComponent", { links: [{ dataSource: "UMLS", id: "C0004057" }] });
    const merged = merge(kind, TEXT, [
      { from: 0, to: 21, content: { entities: [list, prebuilt], relations: [relation("One", { A: 0, B: 1 })] } },
      {
        from: 6,
        to: TEXT.length,
        content: { entities: [prebuilt, list], relations: [relation("Two", { A: 0, B: 1 })] },
      },
    ]);
    expect(merged.entities).toEqual([list, prebuilt]);
    expect(merged.relations).toEqual([relation("One", { A: 0, B: 1 }), relation("Two", { A: 1, B: 0 })]);
  });

  it("points relations at what stands for an entity that a chunk lists twice", () => {
    const merged = merge(kind, TEXT, [
      {
        from: 0,
        to: 21,
        content: { entities: [drug, drug, dose], relations: [relation("One", { Medication: 1, Dosage: 2 })] },
      },
      { from: 21, to: TEXT.length, content: { entities: [often, pain], relations: [relation("Two", { A: 0, B: 1 })] } },
    ]);
    expect(merged.entities).toEqual([drug, dose, often, pain]);
    expect(merged.relations).toEqual([relation("One", { Medication: 0, Dosage: 1 }), relation("Two", { A: 2, B: 3 })]);
  });

  it("drops a pointer at an entity that is not there, and a relation that then has fewer than two", () => {
    const placeless = { text: "daily", category: "Frequency" };
    const merged = merge(kind, TEXT, [
      {
        from: 0,
        to: 30,
        content: {
          entities: [drug, placeless, dose],
          relations: [
            relation("Three", { Medication: 0, Frequency: 1, Dosage: 2 }),
            relation("FrequencyOfMedication", { Medication: 0, Frequency: 1 }),
            relation("Beyond", { Medication: 0, Dosage: 9 }),
          ],
        },
      },
      { from: 30, to: TEXT.length, content: { entities: [pain], relations: [relation("One", { Symptom: 0 })] } },
    ]);
    expect(merged.entities).toEqual([drug, dose, pain]);
    expect(merged.relations).toEqual([
      relation("Three", { Medication: 0, Dosage: 1 }),
      relation("One", { Symptom: 2 }),
    ]);
  });

  it("keeps relations without entities as they came, and only those once that are wholly equal", () => {
    const bare = { relationType: "Other", note: { of: 1 } };
    const relations = [bare, { ...bare, note: { of: 2 } }, { relationType: "Other" }];
    const merged = merge(kind, TEXT, [
      { from: 0, to: 20, content: { entities: [], relations } },
      { from: 20, to: TEXT.length, content: { entities: [], relations: [{ note: { of: 1 }, relationType: "Other" }] } },
    ]);
    expect(merged.relations).toStrictEqual(relations);
  });

  it("leaves FHIR bundles with their chunks, and pointers it does not know alone", () => {
    const odd = { relationType: "Other", entities: [{ ref: "#/elsewhere/0", role: "What" }] };
    const merged = merge(kind, TEXT, [
      { from: 0, to: 20, content: { entities: [], relations: [odd], fhirBundle: { resourceType: "Bundle", id: 1 } } },
      {
        from: 20,
        to: TEXT.length,
        content: { entities: [], relations: [], fhirBundle: { resourceType: "Bundle", id: 2 } },
      },
    ]);
    expect(merged).toEqual({ entities: [], relations: [odd] });
  });
});
