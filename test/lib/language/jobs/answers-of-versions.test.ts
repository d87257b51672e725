import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobState, Task } from "../../../../src/lib/language/analysis.ts";
import { generationFor } from "../../../../src/lib/language/analysis-client.ts";
import { jobState } from "../../../../src/lib/language/jobs/job-state.ts";

// How each version of the wire was seen to tell of a task: recordings of the SDKs' own tests, in our own values.

const PII: Task = { kind: "PiiEntityRecognition", name: "pii", parameters: {} };
const PHRASES: Task = { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} };
const dates = { createdDateTime: "2021-11-17T14:32:25Z", lastUpdateDateTime: "2021-11-17T14:32:30Z" };
const OLD = "v3.2-preview.2";
const CURRENT = "2023-04-01";

function read(version: string, tasks: readonly Task[], job: object): JobState {
  const page = generationFor(version).readPage({ jobId: "j", status: "succeeded", ...dates, ...job });
  return jobState([page], tasks, { requests: 1, seenAt: dates.createdDateTime });
}

const phrasesOf = (...ids: string[]) => ({
  documents: ids.map((id) => ({ id, keyPhrases: [`of ${id}`], warnings: [] })),
  errors: [],
});

/** The state of a job with this item for the task of key phrases, in the form of each wire. */
const FORMS: [string, (item: unknown) => object][] = [
  [OLD, (item) => ({ tasks: { total: 1, keyPhraseExtractionTasks: [item] } })],
  ["v3.1-preview.ct.1", (item) => ({ tasks: { total: 1, tasks: { keyPhraseExtractionTasks: [item] } } })],
  [CURRENT, (item) => ({ tasks: { total: 1, items: [item] } })],
];

/** Names that an entry may have, so that chance meets them. */
const FIELDS = ["taskName", "name", "kind", "status", "state", "results", "lastUpdateDateTime"];

describe.each(FORMS)("the answer of %s about a task", (version, form) => {
  it.each([
    ["v3.1, v3.1-preview.4 and v3.2-preview.2, which call it state", { state: "succeeded" }],
    ["v3.1-preview.ct.1 and the current wire, which call it status", { status: "succeeded" }],
    ["v3.1-preview.3, which has no word for it", {}],
    ["both words, of which status counts", { status: "succeeded", state: "failed" }],
    ["a status that is none, beside a state", { status: null, state: "completed" }],
  ])("is read as in %s", (_, words) => {
    const item = { lastUpdateDateTime: dates.lastUpdateDateTime, ...words, results: phrasesOf("0", "1") };
    const [task] = read(version, [PHRASES], form(item)).tasks;
    expect(task).toMatchObject({ status: "succeeded", about: {} });
    expect([...(task?.documents.keys() ?? [])]).toEqual(["0", "1"]);
  });

  it.each([
    ["no object", "succeeded"],
    ["an empty object", {}],
    ["a state that is not known", { state: "pondered", results: phrasesOf() }],
    ["no results", { status: "succeeded", results: null }],
    ["results of another form", { state: "succeeded", results: [phrasesOf("0")] }],
    ["results without a list of documents", { results: { entries: phrasesOf("0").documents } }],
  ])("that is %s is told, and is no reason to send again", (_, item) => {
    const [task] = read(version, [PHRASES], form(item)).tasks;
    expect(task).toMatchObject({
      status: "failed",
      error: { code: "UnreadableTask", message: expect.stringContaining("phrases cannot be read: ") },
    });
  });

  it("is an answer or is told, whatever the entry is", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()),
        (any, named) => {
          for (const item of [any, named]) {
            const [task] = read(version, [PHRASES], form(item)).tasks;
            const { results } = Object(item);
            const isRead = Array.isArray(results?.documents) || results?.errors;
            expect(task?.status === "succeeded" ? isRead : task?.error?.code).toBeTruthy();
          }
        },
      ),
    );
  });

  it("keeps the documents that can be read beside one that cannot", () => {
    const documents = [{ keyPhrases: ["?"] }, ...phrasesOf("1").documents];
    const [task] = read(version, [PHRASES], form({ status: "succeeded", results: { documents, errors: [] } })).tasks;
    expect([...(task?.documents.keys() ?? [])]).toEqual(["1"]);
    expect(task?.error).toMatchObject({ code: "UnreadableTask", message: expect.stringContaining("documents[0]") });
  });

  it.each(["All", "all", "", undefined])("that names the document %j in an error speaks of all", (id) => {
    const error = { code: "InvalidRequest", message: "The domain is not known" };
    const item = { status: "succeeded", results: { ...phrasesOf(), errors: [{ id, error }] } };
    const [task] = read(version, [PHRASES], form(item)).tasks;
    expect(task).toMatchObject({ status: "failed", error, errors: new Map() });
  });
});

describe("an error of a job", () => {
  const reason = { code: "InvalidRequest", message: "The domain is not known" };

  it.each([
    ["the list of another version", "#/tasks/piiEntityRecognitionTasks/0"],
    ["its own list", "#/tasks/entityRecognitionPiiTasks/0"],
    ["its list, one level deeper", "#/tasks/tasks/entityRecognitionPiiTasks/0"],
    ["no list that anybody knows", "#/tasks/novelTasks/0"],
    ["nothing", undefined],
  ])("explains the task that failed when it points at %s", (_, target) => {
    const { tasks } = read(OLD, [PHRASES, PII], {
      status: "partiallySucceeded",
      errors: [{ ...reason, target }],
      tasks: {
        entityRecognitionPiiTasks: [{ taskName: "pii", state: "failed" }],
        keyPhraseExtractionTasks: [{ taskName: "phrases", state: "succeeded", results: phrasesOf("0") }],
      },
    });
    expect(tasks).toMatchObject([{ status: "succeeded" }, { status: "failed", error: reason }]);
  });

  it.each([
    ["by itself", { error: reason }],
    ["in a list", { errors: [reason] }],
    ["as the list", { errors: reason }],
  ])("is told when it comes %s", (_, words) => {
    const { errors, tasks } = read(CURRENT, [PHRASES], { status: "failed", ...words, tasks: { items: [] } });
    expect([errors, tasks[0]?.error]).toEqual([[reason], reason]);
  });

  it("explains no task that answered", () => {
    const items = [{ taskName: "phrases", status: "succeeded", results: phrasesOf("0") }];
    const { tasks } = read(CURRENT, [PHRASES], { errors: [reason], tasks: { items } });
    expect(tasks).toMatchObject([{ status: "succeeded" }]);
    expect(tasks[0]?.error).toBeUndefined();
  });
});

it("a list of tasks under a name nobody knows is matched by the tasks' names", () => {
  const { tasks } = read(OLD, [PHRASES], {
    tasks: { novelTasks: [{ taskName: "phrases", state: "succeeded", results: phrasesOf("0") }] },
  });
  expect(tasks).toMatchObject([{ status: "succeeded" }]);
});

it("a job that is done and lists nothing is told, and is no reason to send again", () => {
  for (const tasks of [{}, null, undefined, { items: [] }, { items: null }]) {
    expect(read(CURRENT, [PHRASES], { tasks }).tasks).toMatchObject([{ error: { code: "UnreadableTask" } }]);
  }
});
