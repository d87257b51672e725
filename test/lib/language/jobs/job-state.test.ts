import { describe, expect, it } from "vitest";
import type { Task } from "../../../../src/lib/language/analysis.ts";
import type { JobPage, TaskItem } from "../../../../src/lib/language/generation.ts";
import { jobState } from "../../../../src/lib/language/jobs/job-state.ts";

const TASKS: Task[] = [
  { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} },
  { kind: "CustomSingleLabelClassification", name: "topic", parameters: {} },
];

function page(overrides: Partial<JobPage> = {}): JobPage {
  return {
    jobId: "j-1",
    status: "succeeded",
    createdDateTime: "2025-03-01T12:00:00Z",
    lastUpdatedDateTime: "2025-03-01T12:00:05Z",
    errors: [],
    items: [],
    ...overrides,
  };
}

function phrases(ids: string[], overrides: Partial<TaskItem> = {}): TaskItem {
  return {
    name: "phrases",
    kind: "KeyPhraseExtraction",
    status: "succeeded",
    documents: ids.map((id) => ({ id, keyPhrases: [`of ${id}`], warnings: [] })),
    errors: [],
    about: { modelVersion: "2022-10-01" },
    ...overrides,
  };
}

function state(first: JobPage, ...more: JobPage[]) {
  return jobState([first, ...more], TASKS, { requests: 1 + more.length, seenAt: "2025-03-01T12:00:09Z" });
}

describe("jobState", () => {
  it("says nothing of the tasks of a job that still runs, even if some have finished", () => {
    const running = state(page({ status: "running", items: [phrases(["0"])] }));
    expect(running).toMatchObject({ status: "running", finished: false, tasks: [] });
  });

  it("takes a state it does not know for running", () => {
    expect(state(page({ status: "pondering" }))).toMatchObject({ status: "running", finished: false });
  });

  it.each<[Partial<JobPage>, string, string]>([
    [{ createdDateTime: undefined }, "2025-03-01T12:00:05Z", "2025-03-01T12:00:05Z"],
    [{ lastUpdatedDateTime: undefined }, "2025-03-01T12:00:00Z", "2025-03-01T12:00:00Z"],
    [{ createdDateTime: undefined, lastUpdatedDateTime: undefined }, "2025-03-01T12:00:09Z", "2025-03-01T12:00:09Z"],
  ])("has both dates, whichever the service gives: %j", (overrides, createdDateTime, lastUpdatedDateTime) => {
    expect(state(page(overrides))).toMatchObject({ createdDateTime, lastUpdatedDateTime });
  });

  it("joins the pages: documents and errors together, statistics added up", () => {
    const statistics = (count: number) => ({ documentsCount: count, transactionsCount: 2 * count, note: "x" });
    const refused = { id: "3", error: { code: "InvalidArgument", message: "" } };
    const { tasks, requests } = state(
      page({ items: [phrases(["0", "1"], { statistics: statistics(2) })], nextLink: "…" }),
      page({ items: [phrases(["2"], { statistics: statistics(2), errors: [refused] })] }),
    );
    expect(requests).toBe(2);
    expect([...(tasks[0]?.documents.keys() ?? [])]).toEqual(["0", "1", "2"]);
    expect(tasks[0]?.errors).toEqual(new Map([["3", refused.error]]));
    expect(tasks[0]?.about).toEqual({
      modelVersion: "2022-10-01",
      statistics: { documentsCount: 4, transactionsCount: 8, note: "x" },
    });
  });

  it("has succeeded when the service says so, even if every document failed", () => {
    const errors = [{ id: "0", error: { code: "InvalidArgument", message: "" } }];
    const { status, tasks } = state(page({ items: [phrases([], { errors })] }));
    expect(status).toBe("succeeded");
    expect(tasks[0]?.status).toBe("succeeded");
    expect(tasks[0]?.error).toBeUndefined();
  });

  it("keeps a document that cannot be read from spoiling its neighbours", () => {
    const documents = [
      { id: "0", keyPhrases: 7 },
      { id: "1", keyPhrases: [] },
    ];
    const [task] = state(page({ items: [phrases([], { documents })] })).tasks;
    expect([...(task?.documents.keys() ?? [])]).toEqual(["1"]);
    expect(task?.errors.get("0")).toMatchObject({ code: "UnreadableAnswer" });
  });

  it("moves an error that points at a task to that task", () => {
    const error = { code: "InvalidRequest", message: "No such deployment.", target: "#/tasks/items/1" };
    const { tasks, errors } = state(
      page({ status: "partiallyCompleted", items: [phrases(["0"])], errors: [{ error, task: { index: 1 } }] }),
    );
    expect(errors).toEqual([]);
    expect(tasks).toMatchObject([
      { name: "phrases", status: "succeeded" },
      { name: "topic", status: "failed", error },
    ]);
  });

  it.each([
    ["cancelled", "cancelled", "TaskCancelled"],
    ["failed", "failed", "TaskFailed"],
    ["rejected", "failed", "TaskFailed"],
    ["running", "failed", "TaskUnfinished"],
    ["pondering", "failed", "UnreadableTask"],
  ])("takes a task that is %s when the job is over for %s", (wire, status, code) => {
    const { tasks } = state(page({ status: "partiallyCompleted", items: [phrases([], { status: wire })] }));
    expect(tasks[0]).toMatchObject({ status, error: { code } });
  });

  it.each(["succeeded", "completed", "partiallyCompleted", "partiallySucceeded"])(
    "takes a task that is %s for one that answered",
    (wire) => {
      const { tasks } = state(page({ items: [phrases(["0"], { status: wire })] }));
      expect(tasks[0]).toMatchObject({ status: "succeeded" });
    },
  );

  it.each([
    ["succeeded", "UnreadableTask"],
    ["failed", "TaskMissing"],
  ])("takes the silence of a job that %s about a task for no answer, and names the task", (status, code) => {
    const { tasks } = state(page({ status, items: [phrases(["0"])] }));
    expect(tasks[1]).toMatchObject({
      name: "topic",
      kind: "CustomSingleLabelClassification",
      status: "failed",
      error: { code, message: expect.stringContaining("topic") },
    });
  });

  it("takes the tasks of a cancelled job for cancelled: they are counted and listed nowhere", () => {
    const { tasks } = state(page({ status: "cancelled" }));
    expect(tasks.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
  });

  it("gives the job's reason to tasks of which nothing else is said", () => {
    const error = { code: "InternalServerError", message: "Something broke." };
    const { tasks, errors } = state(page({ status: "failed", errors: [{ error }] }));
    expect(errors).toEqual([error]);
    expect(tasks.map((task) => task.error)).toEqual([error, error]);
  });
});
