import { stableUuid } from "../../text.ts";
import type { HealthEntity } from "./find-entities.ts";

/** What kind of note a document is, with its LOINC code and title (swagger `HealthcareDocumentType`). */
export const DOCUMENT_TYPES = {
  None: { code: "34133-9", title: "Summary of episode note" },
  ClinicalTrial: { code: "77597-3", title: "Clinical trial protocol" },
  DischargeSummary: { code: "18842-5", title: "Discharge summary" },
  ProgressNote: { code: "11506-3", title: "Progress note" },
  HistoryAndPhysical: { code: "34117-2", title: "History and physical note" },
  Consult: { code: "11488-4", title: "Consult note" },
  Imaging: { code: "18748-4", title: "Diagnostic imaging study" },
  Pathology: { code: "11526-1", title: "Pathology study" },
  ProcedureNote: { code: "28570-0", title: "Procedure note" },
} as const;

export type DocumentType = keyof typeof DOCUMENT_TYPES;

const RESOURCES: Readonly<Record<string, { resourceType: string; status: object; concept: string }>> = {
  MedicationName: {
    resourceType: "MedicationStatement",
    status: { status: "active" },
    concept: "medicationCodeableConcept",
  },
  Diagnosis: { resourceType: "Condition", status: {}, concept: "code" },
  SymptomOrSign: { resourceType: "Condition", status: {}, concept: "code" },
};

/**
 * A FHIR 4.0.1 document bundle: a composition, a patient, and a resource for each medication and condition that is
 * not denied. Much smaller than the service's, in the same frame. Ids depend on nothing but the document.
 */
export function fhirBundle(
  document: { id: string; text: string },
  entities: readonly HealthEntity[],
  type: DocumentType,
): object {
  const id = (part: string): string => stableUuid(`${part} ${document.id} ${document.text}`);
  const { code, title } = DOCUMENT_TYPES[type];
  const patient = { reference: `Patient/${id("patient")}`, type: "Patient" };
  const findings = entities.flatMap((entity, index) => {
    const resource = RESOURCES[entity.category];
    if (resource === undefined || entity.assertion?.certainty === "negative") return [];
    const coding = (entity.links ?? [])
      .filter(({ dataSource }) => dataSource === "UMLS")
      .map((link) => ({ system: "http://www.nlm.nih.gov/research/umls", code: link.id, display: entity.name }));
    return [
      entry(resource.resourceType, id(`finding ${index}`), {
        ...resource.status,
        [resource.concept]: { coding, text: entity.text },
        subject: patient,
      }),
    ];
  });
  const composition = {
    status: "final",
    type: { coding: [{ system: "http://loinc.org", code, display: title }], text: title },
    subject: patient,
    title,
    section: [{ title: "General", entry: findings.map(({ fullUrl }) => ({ reference: fullUrl })) }],
  };
  return {
    resourceType: "Bundle",
    id: id("bundle"),
    meta: { profile: ["http://hl7.org/fhir/4.0.1/StructureDefinition/Bundle"] },
    identifier: { system: "urn:ietf:rfc:3986", value: `urn:uuid:${id("bundle")}` },
    type: "document",
    entry: [
      entry("Composition", id("composition"), composition),
      entry("Patient", id("patient"), { gender: "unknown" }),
      ...findings,
    ],
  };
}

function entry(resourceType: string, id: string, fields: object): { fullUrl: string; resource: object } {
  return { fullUrl: `${resourceType}/${id}`, resource: { resourceType, id, ...fields } };
}
