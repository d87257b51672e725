import { describe, expect, it } from "vitest";
import type { Task } from "../../../src/lib/language/analysis.ts";
import { buildRecord } from "../../../src/lib/results/build-record.ts";
import { failureFileSchema, resultFileSchema, stringifyRecord } from "../../../src/lib/results/record.ts";
import { answered, DOCUMENT, input, JOB, whole } from "./answers.ts";

const topic: Task = {
  kind: "CustomSingleLabelClassification",
  name: "topic",
  parameters: { projectName: "tickets", deploymentName: "production" },
};
const phrases: Task = { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} };
const about = { projectName: "tickets", deploymentName: "production" };
const classes = { classes: [{ category: "billing", confidenceScore: 0.93 }] };
const refused = {
  code: "InvalidArgument",
  message: "Invalid Language Code.",
  innererror: { code: "UnsupportedLanguageCode", message: "Invalid language code 'xx'.", target: "language" },
};

describe("a record of a document that every task answered", () => {
  const record = buildRecord(
    input({
      tasks: [topic],
      chunks: whole("Where is my invoice?", [
        { ...answered("topic", classes, { statistics: { charactersCount: 20, transactionsCount: 2 } }), about },
      ]),
    }),
  );

  it("is a result in the shape of the contract, key for key", () => {
    expect(JSON.parse(stringifyRecord(record))).toEqual({
      schemaVersion: "1.0",
      pipeline: "tickets",
      status: "succeeded",
      document: { ...DOCUMENT, chunks: 1 },
      tasks: [
        {
          name: "topic",
          kind: "CustomSingleLabelClassification",
          status: "succeeded",
          ...about,
          ...classes,
          warnings: [],
          statistics: { charactersCount: 20, transactionsCount: 2 },
        },
      ],
      jobs: [JOB],
      usage: { textRecords: 2 },
      completedAt: JOB.lastUpdatedDateTime,
    });
    expect(resultFileSchema.parse(JSON.parse(stringifyRecord(record)))).toEqual(JSON.parse(stringifyRecord(record)));
  });

  it("keeps fields of the service that are new, but not in the place of ours", () => {
    const odd = answered("topic", { ...classes, novelty: [1], status: "odd", name: "odd" });
    const [task] = taskResults(
      buildRecord(
        input({ tasks: [topic], chunks: whole("x", [{ ...odd, about: { kind: "odd", modelVersion: "7" } }]) }),
      ),
    );
    expect(task).toMatchObject({
      name: "topic",
      kind: topic.kind,
      status: "succeeded",
      modelVersion: "7",
      novelty: [1],
    });
  });
});

describe("a record of a document that some tasks failed", () => {
  const failed = { task: "phrases", status: "failed" as const, about: {}, error: refused };
  const record = buildRecord(
    input({ tasks: [phrases, topic], chunks: whole("x", [failed, answered("topic", classes)]) }),
  );

  it("is a partly succeeded result that says which task failed, why, and what to do", () => {
    expect(record.status).toBe("partiallySucceeded");
    expect(taskResults(record)).toEqual([
      {
        name: "phrases",
        kind: "KeyPhraseExtraction",
        status: "failed",
        error: {
          code: "UnsupportedLanguageCode",
          message: "Invalid language code 'xx'.",
          hint: expect.stringContaining("language"),
          service: refused,
        },
        warnings: [],
      },
      { name: "topic", kind: topic.kind, status: "succeeded", ...classes, warnings: [] },
    ]);
    expect(resultFileSchema.safeParse(JSON.parse(stringifyRecord(record))).success).toBe(true);
  });
});

describe("a record of a document that no task answered", () => {
  it("is a failure record of the first error", () => {
    const chunks = whole("x", [{ task: "topic", status: "failed", about: {}, error: refused }]);
    const record = buildRecord(input({ tasks: [topic], chunks, attempts: 3 }));
    expect(JSON.parse(stringifyRecord(record))).toEqual({
      schemaVersion: "1.0",
      pipeline: "tickets",
      status: "failed",
      document: { ...DOCUMENT, chunks: 1 },
      error: {
        code: "UnsupportedLanguageCode",
        message: "Invalid language code 'xx'.",
        hint: expect.stringContaining("language"),
        source: "service",
        task: "topic",
        service: refused,
      },
      attempts: 3,
      failedAt: JOB.lastUpdatedDateTime,
    });
    expect(failureFileSchema.safeParse(JSON.parse(stringifyRecord(record))).success).toBe(true);
  });

  it("holds the errors of all tasks when there are several", () => {
    const cancelled = {
      task: "phrases",
      status: "cancelled" as const,
      about: {},
      error: { code: "TaskCancelled", message: "Cancelled." },
    };
    const record = buildRecord(input({ tasks: [topic, phrases], chunks: whole("x", [cancelled]) }));
    expect(record).toMatchObject({
      status: "failed",
      error: { code: "MissingAnswer", task: "topic", hint: expect.stringContaining("redrive") },
      tasks: [
        { name: "topic", status: "failed", error: { code: "MissingAnswer" } },
        { name: "phrases", status: "cancelled", error: { code: "TaskCancelled", message: "Cancelled." } },
      ],
    });
    expect(failureFileSchema.safeParse(JSON.parse(stringifyRecord(record))).success).toBe(true);
  });
});

describe("a record of a document in several chunks", () => {
  const text = "Ana met Berta. Berta met Carl.";
  const chunk = (offset: number, length: number, answer: ReturnType<typeof answered>) => {
    return { offset, length, text: text.slice(offset, offset + length), answers: [answer] };
  };
  const warning = { code: "LongWordsInDocument", message: "long" };
  const statistics = { charactersCount: 15, transactionsCount: 1 };

  it("has the merged answer and each chunk's own", () => {
    const chunks = [
      chunk(0, 15, answered("phrases", { keyPhrases: ["Ana", "Berta"] }, { statistics })),
      chunk(15, 15, answered("phrases", { keyPhrases: ["Berta", "Carl"] }, { statistics, warnings: [warning] })),
    ];
    const record = buildRecord(input({ tasks: [phrases], chunks }));
    expect(record.document.chunks).toBe(2);
    expect(taskResults(record)).toEqual([
      {
        name: "phrases",
        kind: "KeyPhraseExtraction",
        status: "succeeded",
        keyPhrases: ["Ana", "Berta", "Carl"],
        warnings: [{ ...warning, chunk: { offset: 15, length: 15 } }],
        statistics: { charactersCount: 30, transactionsCount: 2 },
        chunks: [
          { offset: 0, length: 15, status: "succeeded", keyPhrases: ["Ana", "Berta"], warnings: [], statistics },
          {
            offset: 15,
            length: 15,
            status: "succeeded",
            keyPhrases: ["Berta", "Carl"],
            warnings: [warning],
            statistics,
          },
        ],
      },
    ]);
    expect(resultFileSchema.safeParse(JSON.parse(stringifyRecord(record))).success).toBe(true);
  });

  it("counts a task as failed that failed for one chunk, names it, and keeps the answers about the others", () => {
    const chunks = [
      chunk(0, 15, answered("phrases", { keyPhrases: ["Ana"] })),
      chunk(15, 15, { task: "phrases", status: "failed", about: {}, error: refused }),
    ];
    const record = buildRecord(input({ tasks: [phrases], chunks }));
    expect(record).toMatchObject({
      status: "failed",
      error: {
        code: "UnsupportedLanguageCode",
        message: "Invalid language code 'xx'. (in characters 15 to 30)",
        chunk: { offset: 15, length: 15 },
        task: "phrases",
      },
      tasks: [
        {
          status: "failed",
          chunks: [
            { status: "succeeded", keyPhrases: ["Ana"] },
            { status: "failed", error: { code: "UnsupportedLanguageCode" } },
          ],
        },
      ],
      usage: { textRecords: 1 },
    });
    expect(failureFileSchema.safeParse(JSON.parse(stringifyRecord(record))).success).toBe(true);
  });
});

describe("usage", () => {
  it("sums what the service says it counted, over tasks and chunks", () => {
    const statistics = { charactersCount: 1, transactionsCount: 3 };
    const answers = ["topic", "phrases"].map((name) => answered(name, classes, { statistics }));
    const chunks = [...whole("x", answers), { offset: 1, length: 1, text: "y", answers }];
    expect(buildRecord(input({ tasks: [topic, phrases], chunks }))).toMatchObject({ usage: { textRecords: 12 } });
  });

  it("counts an answer that could not be read, and keeps it", () => {
    const answer = { id: "0", keyPhrases: [7] };
    const error = { code: "UnreadableAnswer", message: "Odd", answer };
    const chunks = whole("x", [{ task: "topic", status: "failed", about: {}, error }]);
    expect(buildRecord(input({ tasks: [topic], chunks }))).toMatchObject({
      status: "failed",
      error: { service: { answer } },
      usage: { textRecords: 1, estimated: true },
    });
  });

  it("reckons from the text elements where the service says nothing, and says so", () => {
    const text = "👩🏽‍🚀".repeat(251);
    const chunks = whole(text, [
      answered("topic", classes),
      { task: "phrases", status: "failed", about: {}, error: refused },
    ]);
    const { usage } = buildRecord(input({ tasks: [topic, phrases], chunks }));
    expect(usage).toEqual({ textRecords: 2, estimated: true });
  });
});

describe("the time of a record", () => {
  it("is that of the job that changed last, in the service's own words", () => {
    const jobs = ["2026-03-01T10:00:16.6493956Z", "2026-03-01T10:00:16Z", "2026-03-01T11:00:15+01:00", "nonsense"];
    const record = buildRecord(
      input({
        tasks: [topic],
        chunks: whole("x", [answered("topic", classes)]),
        jobs: jobs.map((lastUpdatedDateTime) => ({ ...JOB, lastUpdatedDateTime })),
      }),
    );
    expect(record).toMatchObject({ completedAt: "2026-03-01T10:00:16.6493956Z" });
  });

  it("never comes from a clock: the same input gives the same bytes", () => {
    const make = () =>
      stringifyRecord(
        buildRecord(input({ tasks: [topic], chunks: whole("x", [answered("topic", classes)]), jobs: [] })),
      );
    expect(make()).toBe(make());
    expect(make()).toContain(`"completedAt": "${DOCUMENT.lastModified}"`);
  });
});

function taskResults(record: ReturnType<typeof buildRecord>) {
  return record.tasks ?? [];
}
