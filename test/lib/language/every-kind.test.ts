import { describe, expect, it } from "vitest";
import { TASK_KINDS, type Task, type TaskKind } from "../../../src/lib/language/analysis.ts";
import { createAnalysisClient } from "../../../src/lib/language/analysis-client.ts";
import { kindsOf, parseApiVersion } from "../../../src/lib/language/api-versions.ts";
import { ANSWERS } from "./answers-by-kind.ts";
import { accept, phrases, state } from "./job-replies.ts";
import { json, scriptedServer } from "./scripted-server.ts";

function client(endpoint: string, apiVersion = "2023-04-15-preview") {
  return createAnalysisClient({ endpoint, apiVersion, credential: { key: "k" }, timeoutSeconds: 60 });
}

describe("every kind of task on the current wire", () => {
  it.each(TASK_KINDS)("%s, from submission to answer", async (kind) => {
    const task: Task = { kind, name: "it", parameters: { stringIndexType: "Utf16CodeUnit" } };
    const statistics = { charactersCount: 4, transactionsCount: 1 };
    const document = { id: "0", ...ANSWERS[kind].wire, statistics, warnings: [] };
    const item = {
      kind: `${kind}LROResults`,
      taskName: "it",
      lastUpdateDateTime: "2025-03-01T12:00:04Z",
      status: "succeeded",
      results: { documents: [document], errors: [], modelVersion: "2022-10-01" },
    };
    const server = await scriptedServer(accept, json(200, state({ tasks: { items: [item] } })));
    const language = client(server.endpoint);
    const handle = await language.submit({ documents: [{ id: "0", text: "Anna" }], tasks: [task] });
    expect(server.seen[0]?.body).toMatchObject({ tasks: [{ kind, taskName: "it", parameters: task.parameters }] });
    const { tasks } = await language.getJob(handle, [task]);
    expect(tasks).toEqual([
      {
        name: "it",
        kind,
        status: "succeeded",
        about: { modelVersion: "2022-10-01" },
        documents: new Map([["0", { content: ANSWERS[kind].content ?? ANSWERS[kind].wire, warnings: [], statistics }]]),
        errors: new Map(),
      },
    ]);
  });

  it("several in one job, one of them cancelled under another kind and one failed", async () => {
    const kinds: TaskKind[] = ["PiiEntityRecognition", "EntityRecognition", "Healthcare", "KeyPhraseExtraction"];
    const tasks = kinds.map((kind) => ({ kind, name: kind.toLowerCase(), parameters: {} }));
    const results = { documents: [], errors: [], modelVersion: "latest" };
    const answer = state({
      status: "partiallyCompleted",
      errors: [{ code: "InternalServerError", message: "Broke.", target: "#/tasks/items/2" }],
      tasks: {
        completed: 2,
        failed: 1,
        inProgress: 0,
        total: 4,
        items: [
          { kind: "EntityRecognitionLROResults", taskName: "piientityrecognition", status: "cancelled", results },
          { kind: "EntityRecognitionLROResults", taskName: "entityrecognition", status: "succeeded", results },
          { ...phrases("0"), taskName: "keyphraseextraction" },
        ],
      },
    });
    const server = await scriptedServer(accept, json(200, answer));
    const language = client(server.endpoint);
    const job = await language.getJob(await language.submit({ documents: [], tasks }), tasks);
    expect(job.errors).toEqual([]);
    expect(job.tasks.map(({ name, status, error }) => [name, status, error?.code])).toEqual([
      ["piientityrecognition", "cancelled", "TaskCancelled"],
      ["entityrecognition", "succeeded", undefined],
      ["healthcare", "failed", "InternalServerError"],
      ["keyphraseextraction", "succeeded", undefined],
    ]);
  });
});

describe("the previews before the current wire", () => {
  const lists: Partial<Record<TaskKind, string>> = {
    CustomSingleLabelClassification: "customSingleClassificationTasks",
    CustomMultiLabelClassification: "customMultiClassificationTasks",
    CustomEntityRecognition: "customEntityRecognitionTasks",
    EntityRecognition: "entityRecognitionTasks",
    PiiEntityRecognition: "entityRecognitionPiiTasks",
    KeyPhraseExtraction: "keyPhraseExtractionTasks",
    SentimentAnalysis: "sentimentAnalysisTasks",
    EntityLinking: "entityLinkingTasks",
    ExtractiveSummarization: "extractiveSummarizationTasks",
  };
  const older = { jobId: "j-1", createdDateTime: "2021-11-17T14:32:25Z", lastUpdateDateTime: "2021-11-17T14:32:30Z" };

  it.each(kindsOf(parseApiVersion("v3.2-preview.2") ?? expect.unreachable()))("v3.2-preview.2: %s", async (kind) => {
    const list = lists[kind] ?? expect.unreachable(kind);
    const task: Task = { kind, name: "it", parameters: { projectName: "p" } };
    const { class: classes, ...wire } = ANSWERS[kind].wire;
    const spelled =
      kind === "CustomSingleLabelClassification" ? { classification: Array.isArray(classes) && classes[0] } : {};
    const many = kind === "CustomMultiLabelClassification" ? { classifications: classes } : {};
    const documents = [{ id: "0", ...wire, ...spelled, ...many, warnings: [] }];
    const item = { taskName: "it", lastUpdateDateTime: "x", status: "succeeded", results: { documents, errors: [] } };
    const server = await scriptedServer(
      accept,
      json(200, { ...older, status: "succeeded", tasks: { total: 1, [list]: [item] } }),
    );
    const language = client(server.endpoint, "v3.2-preview.2");
    const handle = await language.submit({ documents: [{ id: "0", text: "Anna" }], tasks: [task] });
    const job = await language.getJob(handle, [task]);
    expect(server.seen).toMatchObject([
      {
        url: "/text/analytics/v3.2-preview.2/analyze",
        body: { tasks: { [list]: [{ taskName: "it", parameters: { "project-name": "p" } }] } },
      },
      { url: "/text/analytics/v3.2-preview.2/analyze/jobs/j-1?%24top=25&showStats=true" },
    ]);
    expect(job.tasks[0]?.status).toBe("succeeded");
    expect(job.tasks[0]?.documents.get("0")?.content).toEqual(ANSWERS[kind].content ?? ANSWERS[kind].wire);
  });

  it("v3.1-preview.ct.1: two tasks of one kind, told apart by their places", async () => {
    const tasks: Task[] = ["first", "second"].map((name) => ({
      kind: "CustomMultiLabelClassification",
      name,
      parameters: { modelId: `${name}_MultiClassification_latest` },
    }));
    const item = (category: string) => ({
      name: "batch 1",
      lastUpdateDateTime: "x",
      status: "completed",
      results: { documents: [{ id: "0", classes: [{ category, confidenceScore: 0.5 }], warnings: [] }], errors: [] },
    });
    const answer = {
      ...older,
      status: "completed",
      errors: [],
      tasks: {
        details: { name: "batch 1", status: "completed" },
        completed: 2,
        total: 2,
        tasks: { customMultiClassificationTasks: [item("one"), item("two")] },
      },
    };
    const server = await scriptedServer(accept, json(200, answer));
    const language = client(server.endpoint, "v3.1-preview.ct.1");
    const job = await language.getJob(await language.submit({ documents: [], tasks }), tasks);
    expect(job).toMatchObject({ status: "succeeded", finished: true, lastUpdatedDateTime: older.lastUpdateDateTime });
    expect(job.tasks.map(({ name, documents }) => [name, documents.get("0")?.content])).toEqual([
      ["first", { classes: [{ category: "one", confidenceScore: 0.5 }] }],
      ["second", { classes: [{ category: "two", confidenceScore: 0.5 }] }],
    ]);
  });
});
