import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, EmulatorFixture, type Loose } from "../emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeAll(async () => {
  emulator = await EmulatorFixture.start();
});
afterAll(() => emulator.service.stop());

const healthcare = (parameters: object = {}) => ({
  kind: "Healthcare",
  parameters: { stringIndexType: "Utf16CodeUnit", ...parameters },
});

function entity(answer: Loose, text: string): Loose | undefined {
  return at(answer, "entities").find((candidate) => String(candidate.text) === text);
}

describe("Healthcare", () => {
  it("names medicines with their codes, and ties dosage and frequency to them", async () => {
    const answer = await emulator.analyze(healthcare(), "Prescribed 100mg ibuprofen, taken twice daily.");
    expect(answer.entities).toMatchObject([
      { text: "100mg", category: "Dosage", offset: 11, length: 5 },
      {
        text: "ibuprofen",
        category: "MedicationName",
        name: "ibuprofen",
        links: [{ dataSource: "UMLS", id: "C0020740" }, {}, {}],
      },
      { text: "twice daily", category: "Frequency", offset: 34, length: 11 },
    ]);
    expect(answer.relations).toEqual([
      {
        relationType: "DosageOfMedication",
        confidenceScore: 1,
        entities: [
          { ref: "#/results/documents/0/entities/0", role: "Dosage" },
          { ref: "#/results/documents/0/entities/1", role: "Medication" },
        ],
      },
      {
        relationType: "FrequencyOfMedication",
        confidenceScore: 1,
        entities: [
          { ref: "#/results/documents/0/entities/2", role: "Frequency" },
          { ref: "#/results/documents/0/entities/1", role: "Medication" },
        ],
      },
    ]);
  });

  it("ties to the nearest thing of the same sentence only", async () => {
    const text = "Aspirin 100 mg and metformin 500 mg. Blood pressure 140/90. 20 mg were left.";
    const answer = await emulator.analyze(healthcare(), text);
    const names = at(answer, "entities").map((found) => String(found.text));
    const pairs = at(answer, "relations").map((relation) =>
      at(relation, "entities")
        .map(({ ref }) => names[Number(String(ref).split("/").at(-1))])
        .join(" → "),
    );
    expect(pairs).toEqual(["100 mg → Aspirin", "500 mg → metformin", "140/90 → Blood pressure"]);
  });

  it.each([
    ["The patient denies chest pain.", "chest pain", { certainty: "negative" }],
    ["Fever, but no cough.", "cough", { certainty: "negative" }],
    ["Kein Fieber.", "Fieber", { certainty: "negative" }],
    ["Paciente sin fiebre.", "fiebre", { certainty: "negative" }],
    ["Suspected pneumonia.", "pneumonia", { certainty: "positivePossible" }],
    ["Ibuprofen in case of headache.", "headache", { conditionality: "hypothetical" }],
    ["Her mother has asthma.", "asthma", { association: "other" }],
    ["No fever, headache since Monday.", "headache", undefined],
    ["No cough but fever.", "fever", undefined],
  ])("reads what %j asserts of %s", async (text, name, assertion) => {
    expect(entity(await emulator.analyze(healthcare(), text), name)?.assertion).toEqual(assertion);
  });

  it("speaks of time from 2024-11-01 on", async () => {
    const text = "History of asthma.";
    const options = { apiVersion: "2024-11-01" };
    expect(entity(await emulator.analyze(healthcare(), text, options), "asthma")?.assertion).toEqual({
      temporality: "past",
    });
    expect(entity(await emulator.analyze(healthcare(), text), "asthma")?.assertion).toBeUndefined();
  });

  it("makes a FHIR bundle when asked, of what is not denied", async () => {
    const task = healthcare({ fhirVersion: "4.0.1", documentType: "DischargeSummary" });
    const text = "Takes ibuprofen for headache, no fever.";
    const { fhirBundle } = await emulator.analyze(task, text, { apiVersion: "2024-11-01" });
    expect(fhirBundle).toMatchObject({ resourceType: "Bundle", type: "document" });
    expect(fhirBundle?.entry?.map((entry) => String(at(entry, "resource", "resourceType")))).toEqual([
      "Composition",
      "Patient",
      "MedicationStatement",
      "Condition",
    ]);
    expect(at(fhirBundle, "entry", 0, "resource", "title")).toBe("Discharge summary");
  });

  it("makes none where the version knows none", async () => {
    expect(await emulator.analyze(healthcare({ fhirVersion: "4.0.1" }), "Fever.")).not.toHaveProperty("fhirBundle");
  });
});

describe("CustomHealthcare", () => {
  const task = {
    kind: "CustomHealthcare",
    parameters: { projectName: "visits", deploymentName: "production", stringIndexType: "Utf16CodeUnit" },
  };
  const apiVersion = "2023-04-15-preview";

  it("puts learned, listed and prebuilt entities in one list and says which is which", async () => {
    const text = "Riverside Practice, 3 May: inhaler and insulin pump checked, ibuprofen 400 mg, no fever.";
    const answer = await emulator.analyze(task, text, { apiVersion });
    const components = at(answer, "entities").map(
      ({ category, text: name, entityComponentInformation: parts }) =>
        `${category} ${name}: ${parts?.map((part) => part.entityComponentKind).join("+")}`,
    );
    expect(components).toEqual([
      "MedicationName ibuprofen: PrebuiltComponent",
      "Dosage 400 mg: PrebuiltComponent",
      "SymptomOrSign fever: PrebuiltComponent",
      "Clinic Riverside Practice: LearnedComponent",
      "Device inhaler: ListComponent",
      "Device insulin pump: LearnedComponent+ListComponent",
      "Medication ibuprofen: PrebuiltComponent",
    ]);
    expect(entity(answer, "fever")?.assertion).toEqual({ certainty: "negative" });
    expect(answer.relations).toMatchObject([{ relationType: "DosageOfMedication" }]);
  });

  it("is unknown to every version but the previews of 2023", async () => {
    const body = { analysisInput: { documents: [{ id: "1", text: "x" }] }, tasks: [task] };
    expect((await emulator.submit(body, "2023-11-15-preview")).status).toBe(202);
    for (const version of ["2022-05-01", "2023-04-01", "2024-11-01", "2025-05-15-preview"]) {
      const refused = await emulator.submit(body, version);
      expect(refused.status, version).toBe(400);
      expect(at(refused.body, "error", "innererror", "message")).toContain("'CustomHealthcare' is not supported");
    }
  });
});
