import type { TaskKind } from "../../../src/lib/language/analysis.ts";
import { at, facts, type Loose, list, resolve } from "./loose.ts";

/** A text for one kind of task, and what the emulator's rules find in it. */
export interface KindSample {
  /** Every sentence of it holds something to find, so that offsets are put to the test far into the document. */
  text: string;
  /** Parameters beside `stringIndexType`. */
  parameters?: Readonly<Record<string, unknown>>;
  /** The fields that the kind brings into its entry of the result file. */
  fields: readonly string[];
  /** What was found, in words that a reader can check against the text. */
  found(task: Loose): unknown;
  expected: unknown;
}

const CUSTOM = (projectName: string) => ({ projectName, deploymentName: "production" });
const HARBOUR =
  "Lunch was soup. The harbour opened in spring. The harbour has three cranes. The cranes of the harbour lift ships.";

const entities = (task: Loose) => list(task, "entities").map((entity) => `${entity.category} ${entity.text}`);

const relations = (task: Loose) =>
  list(task, "relations").map(({ relationType, entities: ends }) => {
    const roles = (ends as Loose[]).map(({ role, ref }) => `${role} ${resolve(task, ref).text}`);
    return `${relationType}: ${roles.join(", ")}`;
  });

const assertions = (task: Loose) =>
  list(task, "entities").flatMap(({ text, assertion }) =>
    assertion === undefined ? [] : [`${text} ${facts(assertion)}`],
  );

const opinions = (task: Loose) =>
  list(task, "sentences").flatMap((sentence) =>
    list(sentence, "targets").flatMap((target) =>
      list(target, "relations").map(({ ref }) => {
        const assessment = resolve(task, ref);
        return `${target.text} is ${assessment.isNegated ? "not " : ""}${assessment.text}: ${target.sentiment}`;
      }),
    ),
  );

const MEDICATION_RELATIONS = [
  "DosageOfMedication: Dosage 100 mg, Medication Ibuprofen",
  "FrequencyOfMedication: Frequency twice daily, Medication Ibuprofen",
];

/** One sample for each kind that a pipeline can ask for. */
export const KIND_SAMPLES: Readonly<Record<TaskKind, KindSample>> = {
  CustomSingleLabelClassification: {
    text: "The invoice of order 77 was charged twice. Please refund one payment.",
    parameters: CUSTOM("tickets"),
    fields: ["classes"],
    found: (task) => list(task, "classes").map(({ category }) => category),
    expected: ["billing"],
  },
  CustomMultiLabelClassification: {
    text: "The fee is due within thirty days. Either party may terminate this agreement with notice of three months.",
    parameters: CUSTOM("contracts"),
    fields: ["classes"],
    found: (task) => list(task, "classes").map(({ category }) => category),
    expected: ["termination", "payment"],
  },
  CustomEntityRecognition: {
    text: "Then login-service failed with ERR_TOKEN for 20 minutes. The Security team fixed it. Report written by Sam Carter.",
    parameters: CUSTOM("incidents"),
    fields: ["entities"],
    found: entities,
    expected: [
      "System login-service",
      "ErrorCode ERR_TOKEN",
      "Duration 20 minutes",
      "Team Security team",
      "Person Sam Carter",
    ],
  },
  CustomHealthcare: {
    text: "Seen at Riverside Practice. The insulin pump was replaced, and the patient denies fever. Ibuprofen 100 mg twice daily.",
    parameters: CUSTOM("visits"),
    fields: ["entities", "relations"],
    found: (task) => ({
      entities: entities(task),
      components: list(task, "entities").map(({ entityComponentInformation }) =>
        (entityComponentInformation as Loose[]).map(({ entityComponentKind }) => entityComponentKind),
      ),
      links: list(task, "entities").flatMap(({ name, links }) =>
        links === undefined ? [] : [`${name} ${facts((links as Loose[])[0])}`],
      ),
      assertions: assertions(task),
      relations: relations(task),
    }),
    expected: {
      entities: [
        "SymptomOrSign fever",
        "MedicationName Ibuprofen",
        "Dosage 100 mg",
        "Frequency twice daily",
        "Clinic Riverside Practice",
        "Device insulin pump",
        "Medication Ibuprofen",
      ],
      components: [
        ["PrebuiltComponent"],
        ["PrebuiltComponent"],
        ["PrebuiltComponent"],
        ["PrebuiltComponent"],
        ["LearnedComponent"],
        ["LearnedComponent", "ListComponent"],
        ["PrebuiltComponent"],
      ],
      links: ["fever dataSource UMLS id C0015967", "ibuprofen dataSource UMLS id C0020740"],
      assertions: ["fever certainty negative"],
      relations: MEDICATION_RELATIONS,
    },
  },
  CustomSentimentAnalysis: {
    text: "The staff was friendly. The room was not clean.",
    parameters: CUSTOM("reviews"),
    fields: ["sentiment", "confidenceScores", "sentences"],
    found: (task) => [task.sentiment, ...list(task, "sentences").map(({ sentiment }) => sentiment)].slice(-2),
    expected: ["positive", "negative"],
  },
  CustomAbstractiveSummarization: {
    text: HARBOUR,
    parameters: { ...CUSTOM("reports"), sentenceCount: 1 },
    fields: ["summaries"],
    found: (task) => list(task, "summaries").map(({ text }) => text),
    expected: ["The cranes of the harbour lift ships."],
  },
  Healthcare: {
    text: "The patient denies fever. Ibuprofen 100 mg twice daily. Her mother had asthma.",
    fields: ["entities", "relations"],
    found: (task) => ({ entities: entities(task), assertions: assertions(task), relations: relations(task) }),
    expected: {
      entities: [
        "SymptomOrSign fever",
        "MedicationName Ibuprofen",
        "Dosage 100 mg",
        "Frequency twice daily",
        "Diagnosis asthma",
      ],
      assertions: ["fever certainty negative", "asthma association other"],
      relations: MEDICATION_RELATIONS,
    },
  },
  EntityRecognition: {
    text: "Ada Lovelace met Contoso in Vienna on 2024-05-06 and paid 20 euros.",
    fields: ["entities"],
    found: entities,
    expected: [
      "Person Ada Lovelace",
      "Organization Contoso",
      "Location Vienna",
      "DateTime 2024-05-06",
      "Quantity 20 euros",
    ],
  },
  PiiEntityRecognition: {
    text: "Write to Jane Doe at jane.doe@example.org, or call 030 1234 5678.",
    fields: ["redactedText", "entities"],
    found: (task) => ({ entities: entities(task), redacted: String(task.redactedText).split("\r\n").at(-1) }),
    expected: {
      entities: ["Person Jane Doe", "Email jane.doe@example.org", "PhoneNumber 030 1234 5678"],
      redacted: "Write to ******** at ********************, or call *************.",
    },
  },
  KeyPhraseExtraction: {
    text: "The red bicycle stands in front of the old library.",
    fields: ["keyPhrases"],
    found: (task) => (task.keyPhrases as unknown[]).slice(-3),
    expected: ["red bicycle stands", "front", "old library"],
  },
  SentimentAnalysis: {
    text: "The staff was friendly. The room was not clean. It has two windows.",
    parameters: { opinionMining: true },
    fields: ["sentiment", "confidenceScores", "sentences"],
    found: (task) => ({
      sentiment: task.sentiment,
      sentences: list(task, "sentences")
        .slice(-3)
        .map(({ sentiment, text }) => `${sentiment}: ${text}`),
      opinions: opinions(task),
    }),
    expected: {
      sentiment: "mixed",
      sentences: [
        "positive: The staff was friendly.",
        "negative: The room was not clean.",
        "neutral: It has two windows.",
      ],
      opinions: ["staff is friendly: positive", "room is not clean: negative"],
    },
  },
  EntityLinking: {
    text: "Vienna is in Austria. Ada Lovelace never saw Vienna.",
    fields: ["entities"],
    found: (task) =>
      list(task, "entities").map(
        ({ url, matches }) => `${url} ${(matches as Loose[]).map(({ text }) => text).join(", ")}`,
      ),
    expected: [
      "https://en.wikipedia.org/wiki/Vienna Vienna, Vienna",
      "https://en.wikipedia.org/wiki/Austria Austria",
      "https://en.wikipedia.org/wiki/Ada_Lovelace Ada Lovelace",
    ],
  },
  ExtractiveSummarization: {
    text: HARBOUR,
    parameters: { sentenceCount: 2, sortBy: "Rank" },
    fields: ["sentences"],
    found: (task) => list(task, "sentences").map(({ text }) => text),
    expected: ["The cranes of the harbour lift ships.", "The harbour has three cranes."],
  },
  AbstractiveSummarization: {
    text: HARBOUR,
    fields: ["summaries"],
    found: (task) => list(task, "summaries").map(({ text, contexts }) => [text, (contexts as Loose[]).length]),
    expected: [["The harbour has three cranes. The cranes of the harbour lift ships.", 2]],
  },
};

/** What a version adds to the answers of a kind. */
export const VERSION_FIELDS: Readonly<Record<string, Partial<Record<TaskKind, readonly string[]>>>> = {
  "2024-11-01": { Healthcare: ["fhirBundle"] },
};

/** Parameters that only a version knows. */
export const VERSION_PARAMETERS: Readonly<Record<string, Partial<Record<TaskKind, object>>>> = {
  "2024-11-01": {
    Healthcare: { fhirVersion: "4.0.1", documentType: "ProgressNote" },
    EntityRecognition: { overlapPolicy: { policyKind: "matchLongest" } },
  },
};

/** The title of the FHIR bundle's composition: it has the document type that was asked for. */
export function bundleTitle(task: Loose): unknown {
  return at(task, "fhirBundle", "entry", 0, "resource", "title");
}
