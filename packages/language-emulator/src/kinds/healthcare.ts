import * as z from "zod";
import { sentences } from "../text.ts";
import { DOCUMENT_TYPES, type DocumentType, fhirBundle } from "./health/fhir-bundle.ts";
import { contains, findHealthEntities, type HealthEntity } from "./health/find-entities.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { HEALTH_LANGUAGES } from "./languages.ts";

const documentTypes = Object.keys(DOCUMENT_TYPES) as [DocumentType, ...DocumentType[]];

/** Medical entities with assertions and links, relations between them, and a FHIR bundle when asked for. */
export const healthcare = definePrebuilt({
  kind: "Healthcare",
  languages: HEALTH_LANGUAGES,
  modelVersions: ["2022-03-01", "2022-08-15-preview", "2023-04-01"],
  parameters: z.object({
    stringIndexType,
    fhirVersion: z.enum(["4.0.1"]).optional(),
    documentType: z.enum(documentTypes).default("None"),
  }),
  analyze(document, { fhirVersion, documentType }, { enriched }) {
    const entities = findHealthEntities(document.text, { temporality: enriched });
    const bundle =
      enriched && fhirVersion !== undefined ? { fhirBundle: fhirBundle(document, entities, documentType) } : {};
    return { entities, relations: findRelations(document.text, entities), ...bundle };
  },
});

/** A relation as on the wire. `{document}` in a ref stands for the document's place, known when a page is written. */
export interface HealthRelation {
  relationType: string;
  confidenceScore: number;
  entities: readonly { ref: string; role: string }[];
}

interface RelationRule {
  relationType: string;
  /** The category that depends, and its role. */
  from: { category: string; role: string };
  /** The categories it can depend on, and their role. */
  to: { categories: readonly string[]; role: string };
}

const CONDITION = { categories: ["SymptomOrSign", "Diagnosis"], role: "Condition" };
const MEDICATION = { categories: ["MedicationName"], role: "Medication" };
const RULES: readonly RelationRule[] = [
  { relationType: "DosageOfMedication", from: { category: "Dosage", role: "Dosage" }, to: MEDICATION },
  { relationType: "FrequencyOfMedication", from: { category: "Frequency", role: "Frequency" }, to: MEDICATION },
  { relationType: "RouteOfMedication", from: { category: "MedicationRoute", role: "Route" }, to: MEDICATION },
  {
    relationType: "ValueOfExamination",
    from: { category: "MeasurementValue", role: "Value" },
    to: { categories: ["ExaminationName"], role: "Examination" },
  },
  { relationType: "BodySiteOfCondition", from: { category: "BodyStructure", role: "BodySite" }, to: CONDITION },
  { relationType: "TimeOfCondition", from: { category: "Time", role: "Time" }, to: CONDITION },
];

function distance(a: HealthEntity, b: HealthEntity): number {
  return a.offset < b.offset ? b.offset - a.offset - a.length : a.offset - b.offset - b.length;
}

/** Ties dosages, frequencies, values and the like to the nearest thing of the right category in the same sentence. */
export function findRelations(text: string, entities: readonly HealthEntity[]): HealthRelation[] {
  const relations: HealthRelation[] = [];
  for (const sentence of sentences(text)) {
    const inside = entities.flatMap((entity, index) => (contains(sentence, entity) ? [{ entity, index }] : []));
    for (const { relationType, from, to } of RULES) {
      for (const dependent of inside.filter(({ entity }) => entity.category === from.category)) {
        const nearest = inside
          .filter(({ entity }) => to.categories.includes(entity.category))
          .toSorted((a, b) => distance(a.entity, dependent.entity) - distance(b.entity, dependent.entity))[0];
        if (nearest === undefined) continue;
        const ends = [
          { ref: entityRef(dependent.index), role: from.role },
          { ref: entityRef(nearest.index), role: to.role },
        ];
        relations.push({ relationType, confidenceScore: 1, entities: ends });
      }
    }
  }
  return relations;
}

function entityRef(index: number): string {
  return `#/results/documents/{document}/entities/${index}`;
}
