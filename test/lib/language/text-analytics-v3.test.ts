import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JobRequest } from "../../../src/lib/language/analysis.ts";
import { generationFor } from "../../../src/lib/language/analysis-client.ts";

const ct1 = generationFor("v3.1-preview.ct.1");
const v32 = generationFor("v3.2-preview.2");
const ENDPOINT = "https://reader.cognitiveservices.azure.com";

const request: Omit<JobRequest, "tasks"> = { displayName: "batch 1", documents: [{ id: "0", text: "Hi." }] };
const wireRequest = { displayName: "batch 1", analysisInput: { documents: [{ id: "0", text: "Hi." }] } };

const common = {
  jobId: "j-1",
  createdDateTime: "2021-11-17T14:32:25Z",
  lastUpdateDateTime: "2021-11-17T14:32:30Z",
  errors: [],
};

describe("text-analytics-v3", () => {
  it.each([
    [ct1, "v3.1-preview.ct.1"],
    [v32, "v3.2-preview.2"],
  ])("has the version in the path", (wire, version) => {
    expect(wire.submitUrl(ENDPOINT).href).toBe(`${ENDPOINT}/text/analytics/${version}/analyze`);
    expect(wire.jobUrl(ENDPOINT, "j-1").href.split("?")[0]).toBe(
      `${ENDPOINT}/text/analytics/${version}/analyze/jobs/j-1`,
    );
  });

  it("asks for all documents of a job on one page, where the version has pages", () => {
    expect(ct1.jobUrl(ENDPOINT, "j-1").search).toBe("");
    expect(v32.jobUrl(ENDPOINT, "j-1").searchParams.get("$top")).toBe("25");
  });

  it("writes the tasks of ct.1 by model id, without names", () => {
    const parameters = { modelId: "1_MultiClassification_latest", stringIndexType: "TextElements_v8" };
    const body = ct1.body({
      ...request,
      tasks: [
        { kind: "CustomMultiLabelClassification", name: "a", parameters },
        { kind: "CustomSingleLabelClassification", name: "b", parameters },
      ],
    });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      ...wireRequest,
      tasks: {
        customMultiClassificationTasks: [{ parameters }],
        customClassificationTasks: [{ parameters }],
      },
    });
  });

  it("writes the tasks of v3.2-preview.2 by kind, with names and hyphens", () => {
    const custom = { projectName: "p", deploymentName: "d" };
    const body = v32.body({
      ...request,
      tasks: [
        { kind: "CustomSingleLabelClassification", name: "a", parameters: custom },
        {
          kind: "EntityRecognition",
          name: "b",
          parameters: { modelVersion: "latest", stringIndexType: "Utf16CodeUnit" },
        },
        { kind: "CustomSingleLabelClassification", name: "c", parameters: custom },
        { kind: "PiiEntityRecognition", name: "d", parameters: { piiCategories: ["All"], loggingOptOut: true } },
      ],
    });
    const wireCustom = { "project-name": "p", "deployment-name": "d" };
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      ...wireRequest,
      tasks: {
        customSingleClassificationTasks: [
          { taskName: "a", parameters: wireCustom },
          { taskName: "c", parameters: wireCustom },
        ],
        entityRecognitionTasks: [
          { taskName: "b", parameters: { "model-version": "latest", stringIndexType: "Utf16CodeUnit" } },
        ],
        entityRecognitionPiiTasks: [{ taskName: "d", parameters: { piiCategories: ["All"], loggingOptOut: true } }],
      },
    });
  });

  it("reads ct.1: lists one level deeper, among details and counters", () => {
    const page = ct1.readPage({
      ...common,
      displayName: "batch 1",
      expirationDateTime: "2021-11-18T14:32:25Z",
      status: "completed",
      tasks: {
        details: { name: "batch 1", lastUpdateDateTime: "2021-11-17T14:32:30Z", status: "completed" },
        completed: 1,
        failed: 0,
        inProgress: 0,
        total: 1,
        tasks: {
          customMultiClassificationTasks: [
            {
              lastUpdateDateTime: "2021-11-17T14:32:29Z",
              name: "batch 1",
              status: "completed",
              results: {
                documents: [{ id: "0", classes: [{ category: "billing", confidenceScore: 0.9 }], warnings: [] }],
                errors: [],
                statistics: { documentsCount: 1, erroneousDocumentsCount: 0, transactionsCount: 1 },
              },
            },
          ],
        },
      },
    });
    expect(page).toMatchObject({
      status: "completed",
      lastUpdatedDateTime: "2021-11-17T14:32:30Z",
      expirationDateTime: "2021-11-18T14:32:25Z",
      items: [
        {
          name: "batch 1",
          kind: "CustomMultiLabelClassification",
          status: "completed",
          documents: [{ id: "0" }],
          statistics: { transactionsCount: 1 },
          about: {},
        },
      ],
    });
  });

  it("reads v3.2-preview.2: flat lists, names, and the older name of the next page", () => {
    const page = v32.readPage({
      ...common,
      status: "succeeded",
      "@nextLink": `${ENDPOINT}/next`,
      tasks: {
        completed: 2,
        failed: 0,
        inProgress: 0,
        total: 2,
        customSingleClassificationTasks: [
          {
            taskName: "a",
            lastUpdateDateTime: "x",
            status: "succeeded",
            results: { projectName: "p", documents: [], errors: [] },
          },
        ],
        entityRecognitionTasks: [{ taskName: "b", status: "succeeded", results: null }],
        futureTasks: [{ anything: true }],
      },
    });
    expect(page.nextLink).toBe(`${ENDPOINT}/next`);
    expect(page.items).toMatchObject([
      { name: "a", kind: "CustomSingleLabelClassification", about: { projectName: "p" } },
      { name: "b", kind: "EntityRecognition", documents: [], about: {} },
      { kind: undefined, unreadable: "it has no results" },
    ]);
  });

  it.each([
    ["#/tasks/customMultiClassificationTasks/1", { kind: "CustomMultiLabelClassification", index: 1 }],
    ["#/tasks/customClassificationTasks/0", { kind: "CustomSingleLabelClassification", index: 0 }],
    ["#/tasks/tasks/customSingleClassificationTasks/0", { kind: "CustomSingleLabelClassification", index: 0 }],
    ["#/tasks/futureTasks/0", undefined],
    ["#/tasks/items/0", { index: 0 }],
    ["#/tasks/piiEntityRecognitionTasks/0", { kind: "PiiEntityRecognition", index: 0 }],
    [undefined, undefined],
  ])("follows the target %s", (target, task) => {
    const error = { code: "InvalidRequest", message: "x", target };
    const page = v32.readPage({ ...common, status: "failed", errors: [error], tasks: {} });
    expect(page.errors).toEqual([{ error, task }]);
  });

  it("knows no task list for a kind of a later wire", () => {
    const tasks = [{ kind: "Healthcare" as const, name: "h", parameters: {} }];
    expect(() => v32.body({ ...request, tasks })).toThrow(RangeError);
  });

  it("loses no task to a strange neighbour", () => {
    const items = [{}, { taskName: "e", status: "succeeded", results: { documents: [{ id: "0" }], errors: [] } }];
    const page = v32.readPage({ ...common, status: "succeeded", tasks: { entityRecognitionTasks: items } });
    expect(page.items).toMatchObject([{ unreadable: "it has no results" }, { name: "e", documents: [{ id: "0" }] }]);
  });

  it.each([undefined, {}, { ...common }])("refuses what is no state of a job: %#", (answer) => {
    expect(() => v32.readPage(answer)).toThrow(z.ZodError);
  });
});
