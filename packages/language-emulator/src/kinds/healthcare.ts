import * as z from "zod";
import { DOCUMENT_TYPES, type DocumentType, fhirBundle } from "./health/fhir-bundle.ts";
import { findHealthEntities } from "./health/find-entities.ts";
import { findRelations } from "./health/relations.ts";
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
