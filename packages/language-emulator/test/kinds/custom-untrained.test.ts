import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, EmulatorFixture, request, TICKETS } from "../emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeAll(async () => {
  emulator = await EmulatorFixture.start();
});
afterAll(() => emulator.service.stop());

const MODEL = { projectName: "reviews", deploymentName: "production" };
const TEXT = "The food is great, they say. But the service is bad. The food came late.";

describe.each(["2023-04-15-preview", "2023-11-15-preview"])(
  "kinds whose projects are not played, in %s",
  (apiVersion) => {
    it.each([
      ["CustomSentimentAnalysis", "SentimentAnalysis"],
      ["CustomAbstractiveSummarization", "AbstractiveSummarization"],
    ])("%s answers as %s does, for the project it names", async (kind, relative) => {
      const units = { stringIndexType: "Utf16CodeUnit" };
      const tasks = [
        { kind, parameters: { ...MODEL, ...units } },
        { kind: relative, parameters: units },
      ];
      const { body } = await emulator.run(request([TEXT], tasks), { apiVersion });
      const [custom, prebuilt] = at(body, "tasks", "items");
      expect(custom?.kind).toBe(`${kind}LROResults`);
      expect(at(custom, "results")).toEqual({ documents: at(prebuilt, "results", "documents"), errors: [], ...MODEL });
    });
  },
);

it("a summary by a project can be given its length", async () => {
  const task = { kind: "CustomAbstractiveSummarization", parameters: { ...MODEL, summaryLength: "short" } };
  const answer = await emulator.analyze(task, TEXT, { apiVersion: "2023-11-15-preview" });
  expect(at(answer, "summaries", 0, "contexts")).toHaveLength(1);
});

it.each([
  ["without a project", {}, "projectName field is required"],
  ["with a project of another kind", TICKETS.parameters, "is of kind CustomSingleLabelClassification"],
])("a task %s is refused", async (_, parameters, message) => {
  const task = { kind: "CustomSentimentAnalysis", parameters };
  const refused = await emulator.run(request([TEXT], [task]), { apiVersion: "2023-04-15-preview" });
  expect(refused.status).toBe(400);
  expect(at(refused.body, "error", "innererror", "message")).toContain(message);
});

it("a version that gave them up refuses the kind", async () => {
  const task = { kind: "CustomSentimentAnalysis", parameters: MODEL };
  expect((await emulator.run(request([TEXT], [task]), { apiVersion: "2024-11-15-preview" })).status).toBe(400);
});
