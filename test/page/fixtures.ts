import type { z } from "zod";
import type {
  FailureGroup,
  failuresAnswerSchema,
  healthAnswerSchema,
  recordAnswerSchema,
  requeueAnswerSchema,
  requeuesAnswerSchema,
  TextAnswer,
} from "../../src/lib/api/document-schemas.ts";
import type { ModelsAnswer, PipelineDescription, pipelinesAnswerSchema } from "../../src/lib/api/pipeline-schemas.ts";

/** What an app answers in a test, in the API's own types. */
export interface World {
  pipelines: z.output<typeof pipelinesAnswerSchema>;
  failures: z.output<typeof failuresAnswerSchema>;
  health: z.output<typeof healthAnswerSchema>;
  models: ModelsAnswer;
  requeues: z.output<typeof requeuesAnswerSchema>;
}

type Requeue = z.output<typeof requeueAnswerSchema>;
type Lane = PipelineDescription["lanes"][number];
type LaneState = NonNullable<Lane["status"]>["state"];

export const iso = (secondsFromNow: number): string => new Date(Date.now() + secondsFromNow * 1000).toISOString();
export const date = (daysFromNow: number): string => iso(daysFromNow * 86_400).slice(0, 10);

const wave = (height: number, every: number): number[] =>
  Array.from({ length: 60 }, (_, minute) => Math.round(height * (0.72 + 0.28 * Math.sin(minute / every))));
const none = (): number[] => Array(60).fill(0);

const USD = (amount: number) => ({ amount, currency: "USD" });

/** A pipeline that goes well, as the fields of `change` say otherwise. */
export function pipeline(name: string, change: Partial<PipelineDescription> = {}): PipelineDescription {
  return {
    name,
    match: `${name}/**`,
    tasks: ["topic"],
    state: "running",
    waiting: 1240,
    oldestWaitingSeconds: 35,
    inHand: 100,
    documentsPerMinute: 240.5,
    expectedEnd: iso(310),
    series: { from: iso(-3600), stepSeconds: 60, documents: wave(260, 9), failed: none(), calls: wave(31, 9) },
    totals: {
      batches: 90,
      succeeded: 12_880,
      partiallySucceeded: 0,
      failed: 0,
      jobs: 520,
      requests: 1300,
      textRecords: 15_010,
    },
    cost: { textRecords: 15_010, money: USD(75.05), today: { textRecords: 4_020, money: USD(20.1) } },
    quota: {
      callsPerMinute: 31.2,
      limitPerMinute: 1000,
      share: 0.031,
      textRecordsToday: 4020,
      textRecordsPerDay: 1_000_000,
      shareOfDay: 0.00402,
    },
    lanes: [working(0, "analysing"), working(1, "analysing"), working(2, "submitting")],
    blocked: [],
    warnings: [],
    ...change,
  };
}

function working(lane: number, state: LaneState): Lane {
  return {
    lane,
    running: true,
    status: { state, documents: 100, jobs: { prepared: 0, open: 4, done: 0 }, nextPollAt: iso(9) },
  };
}

/** A lane that is held up. */
export function held(lane: number, state: LaneState, reason: { code: string; message: string; hint: string }): Lane {
  return { lane, running: true, status: { state, since: iso(-600), nextPollAt: iso(180), reason, documents: 100 } };
}

/** A pipeline that stands still. */
export function still(
  name: string,
  state: PipelineDescription["state"],
  change: Partial<PipelineDescription> = {},
): PipelineDescription {
  return pipeline(name, {
    state,
    waiting: 412,
    oldestWaitingSeconds: 1500,
    documentsPerMinute: 0,
    expectedEnd: undefined,
    series: {
      from: iso(-3600),
      stepSeconds: 60,
      documents: [...wave(200, 7).slice(0, 40), ...Array(20).fill(0)],
      failed: none(),
      calls: [...wave(24, 7).slice(0, 40), ...Array(20).fill(1)],
    },
    ...change,
  });
}

/** A pipeline whose lanes are all held up for one reason. */
export function heldUp(
  name: string,
  state: "blocked" | "throttled",
  reason: { code: string; message: string; hint: string },
): PipelineDescription {
  return still(name, state, {
    lanes: [held(0, state, reason), held(1, state, reason)],
    blocked: state === "blocked" ? [reason] : [],
  });
}

/** Reasons as the app gives them. */
export const REASONS = {
  key: {
    code: "401",
    message:
      "The Language service refused to start a job with HTTP 401 (401): Access denied due to invalid subscription key or wrong API endpoint",
    hint: "Check LANGUAGE_KEY and that it belongs to this endpoint; Microsoft Entra ID needs the endpoint with the resource's own subdomain (https://<name>.cognitiveservices.azure.com).",
  },
  throttled: {
    code: "429",
    message: "The Language service refused to start a job with HTTP 429 (429): Requests have exceeded the rate limit",
    hint: "Nothing to do: the lane waits and goes on. More lanes do not help; another Language resource does.",
  },
  expired: {
    code: "DeploymentExpired",
    message:
      "The Language service refused to start a job with HTTP 400 (DeploymentExpired): The deployment production has expired",
    hint: "Train and deploy it anew: npm run project -- renew clauses.",
  },
} as const;

export function world(change: Partial<World> = {}): World {
  return {
    pipelines: { at: iso(0), pipelines: [pipeline("tickets"), idle("contracts")] },
    failures: { total: 0, complete: true, groups: [], documents: [] },
    health: { status: "healthy", version: "0.1.0", checks: [{ name: "settings", ok: true }] },
    models: {
      deployments: [
        {
          endpoint: "https://westeurope.example",
          project: "tickets",
          source: "authoring",
          deployment: "production",
          pipelines: ["tickets"],
          state: "current",
          expiresOn: date(328),
          daysLeft: 328,
        },
      ],
      retirements: [
        {
          subject: "kind",
          source: "https://learn.microsoft.com/azure/ai-services/language-service/",
          name: "CustomSingleLabelClassification",
          meaning: "Microsoft retires custom text classification: move to a Foundry model before then.",
          on: date(854),
          daysLeft: 854,
          pipelines: ["tickets"],
        },
      ],
    },
    requeues: { requeues: [] },
    ...change,
  };
}

export function idle(name: string, change: Partial<PipelineDescription> = {}): PipelineDescription {
  return pipeline(name, {
    state: "idle",
    waiting: 0,
    oldestWaitingSeconds: 0,
    inHand: 0,
    documentsPerMinute: 0,
    expectedEnd: undefined,
    series: {
      from: iso(-3600),
      stepSeconds: 60,
      documents: [...none().slice(0, 20), ...wave(60, 3).slice(0, 14), ...none().slice(0, 26)],
      failed: none(),
      calls: [...none().slice(0, 20), ...wave(8, 3).slice(0, 14), ...none().slice(0, 26)],
    },
    lanes: [{ lane: 0, running: false }],
    ...change,
  });
}

export function group(code: string, count: number, change: Partial<FailureGroup> = {}): FailureGroup {
  return {
    code,
    count,
    message: "The document is a PDF document, not plain text",
    hint: "It looks like a PDF document. Convert it to plain text first (UTF-8 is best), then upload the text.",
    examples: ["tickets/scan-0412.txt", "tickets/scan-0413.txt"],
    pipelines: { tickets: count },
    tasks: {},
    failed: count,
    partiallySucceeded: 0,
    ...change,
  };
}

export function requeue(change: Partial<Requeue> = {}): Requeue {
  return {
    id: "requeue-1",
    kind: "redrive",
    dryRun: false,
    status: "running",
    request: { pipeline: "tickets", code: "NotText" },
    seen: 5000,
    matched: 412,
    queued: 250,
    refused: 0,
    startedAt: iso(-40),
    updatedAt: iso(-1),
    statusQueryGetUri: "https://app.example/api/requeues/requeue-1",
    ...change,
  };
}

export const TEXT =
  "Dr. Jane Doe of Contoso Ltd. prescribed 400 mg ibuprofen twice a day to Mr. Ali Öztürk on 12 March 2026.\nThe patient had reported severe headache; 🙂 no fever. Follow-up in Zürich next week.";

const at = (words: string, category: string, more: object = {}) => ({
  text: words,
  category,
  offset: TEXT.indexOf(words),
  length: words.length,
  confidenceScore: 0.97,
  ...more,
});

/** A result whose entities overlap and hang together. */
export function result(): z.output<typeof recordAnswerSchema> {
  return {
    schemaVersion: "1.0",
    pipeline: "tickets",
    status: "succeeded",
    document: {
      container: "documents",
      name: "tickets/visit-07.txt",
      etag: '"1"',
      language: "en",
      characters: TEXT.length,
    },
    tasks: [
      {
        name: "topic",
        kind: "CustomSingleLabelClassification",
        status: "succeeded",
        classes: [
          { category: "prescription", confidenceScore: 0.93 },
          { category: "complaint", confidenceScore: 0.06 },
        ],
        warnings: [],
      },
      {
        name: "health",
        kind: "Healthcare",
        status: "succeeded",
        entities: [
          at("400 mg", "Dosage"),
          at("ibuprofen", "MedicationName"),
          at("400 mg ibuprofen twice a day", "Prescription"),
          at("severe headache", "SymptomOrSign", { assertion: { certainty: "positive" } }),
          at("fever", "SymptomOrSign", { assertion: { certainty: "negative" } }),
          at("twice a day", "Frequency"),
        ],
        relations: [
          {
            relationType: "DosageOfMedication",
            entities: [
              { ref: "#/entities/0", role: "Dosage" },
              { ref: "#/entities/1", role: "Medication" },
            ],
          },
          {
            relationType: "FrequencyOfMedication",
            entities: [
              { ref: "#/entities/5", role: "Frequency" },
              { ref: "#/entities/1", role: "Medication" },
            ],
          },
        ],
        warnings: [],
      },
      {
        name: "people",
        kind: "PiiEntityRecognition",
        status: "succeeded",
        entities: [
          at("Jane Doe", "Person"),
          at("Doe of Contoso Ltd.", "Organization"),
          at("Ali Öztürk", "Person"),
          at("12 March 2026", "DateTime"),
          at("Zürich", "Location"),
        ],
        redactedText: "…",
        warnings: [],
      },
    ],
    jobs: [],
    usage: { textRecords: 3 },
    completedAt: iso(-300),
  };
}

export function text(of = TEXT, from = 0): TextAnswer {
  const answer = {
    name: "tickets/visit-07.txt",
    etag: '"1"',
    encoding: { name: "utf-8", source: "utf8" },
    characters: of.length,
    from,
  };
  return { ...answer, text: of.slice(from, from + 20_000) };
}
