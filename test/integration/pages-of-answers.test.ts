import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES } from "../../dev/stack/start-stack.ts";
import type { DocumentAnswer, JobState, Task } from "../../src/lib/language/analysis.ts";
import { createAnalysisClient } from "../../src/lib/language/analysis-client.ts";
import { at } from "../e2e/kinds/loose.ts";

const DOCUMENTS = 25;

let service: LanguageService;

beforeAll(async () => {
  service = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0, to: 0 } });
});

afterAll(() => service?.stop());

/** Submits 25 documents and looks at the job, with the size of a page that a service of smaller pages would choose. */
async function analyse(apiVersion: string, tasks: Task[], textOf: (n: number) => string, page = ""): Promise<JobState> {
  const client = createAnalysisClient({
    endpoint: service.url,
    apiVersion,
    credential: { key: service.key },
    timeoutSeconds: 60,
  });
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => ({ id: `${n}-0`, text: textOf(n), language: "en" }));
  const handle = await client.submit({ documents, tasks });
  const paged = page === "" ? "" : `${handle.operationLocation.includes("?") ? "&" : "?"}${page}`;
  return client.getJob({ ...handle, operationLocation: `${handle.operationLocation}${paged}` }, tasks);
}

const task = (kind: Task["kind"], name: string, parameters: object = {}): Task => {
  return { kind, name, parameters: { stringIndexType: "Utf16CodeUnit", ...parameters } };
};

const answersOf = (state: JobState, index: number): [string, DocumentAnswer["content"]][] =>
  [...(state.tasks[index]?.documents ?? [])].map(([id, { content }]) => [id, content]);

const ids = Array.from({ length: DOCUMENTS }, (_, n) => `${n}-0`);

describe("the answer of a job of 25 documents", () => {
  it.each([
    ["one page", "", 1],
    ["two pages", "top=20", 2],
    ["three pages", "top=10", 3],
  ])("is whole in %s, each relation within its own document", async (_, page, requests) => {
    const tasks = [task("Healthcare", "health"), task("KeyPhraseExtraction", "phrases")];
    const textOf = (n: number) => `${"No fever. ".repeat(n % 3)}Ibuprofen ${n + 100} mg twice daily.`;
    const state = await analyse("2023-04-01", tasks, textOf, page);
    expect(state.requests).toBe(requests);
    expect(state.tasks.map(({ about }) => about.statistics)).toEqual(
      tasks.map(() => ({
        documentsCount: DOCUMENTS,
        validDocumentsCount: DOCUMENTS,
        erroneousDocumentsCount: 0,
        transactionsCount: DOCUMENTS,
      })),
    );
    const answers = answersOf(state, 0);
    expect(answers.map(([id]) => id)).toEqual(ids);
    for (const [n, [, content]] of answers.entries()) {
      const ref = String(at(content, "relations", 0, "entities", 0, "ref"));
      expect(ref).toMatch(/^#\/entities\/\d+$/);
      expect(at(content, ...ref.slice("#/".length).split("/"), "text")).toBe(`${n + 100} mg`);
    }
    expect(answersOf(state, 1)).toHaveLength(DOCUMENTS);
  });

  it("is whole in pages of v3.2-preview.2, each opinion within its own document", async () => {
    const tasks = [task("SentimentAnalysis", "mood", { opinionMining: true })];
    const textOf = (n: number) => `${"It is noon. ".repeat(n % 4)}The room${n} was clean.`;
    const state = await analyse("v3.2-preview.2", tasks, textOf, "$top=10");
    expect(state.requests).toBe(3);
    expect(state.tasks[0]?.about.statistics).toMatchObject({ documentsCount: DOCUMENTS });
    const answers = answersOf(state, 0);
    expect(answers.map(([id]) => id)).toEqual(ids);
    for (const [n, [, content]] of answers.entries()) {
      const target = at(content, "sentences", n % 4, "targets", 0);
      expect(at(target, "text")).toBe(`room${n}`);
      const ref = String(at(target, "relations", 0, "ref"));
      expect(at(content, ...ref.slice("#/".length).split("/"), "text")).toBe("clean");
    }
  });

  it("is whole in the pages of v3.1-preview.ct.1, which cannot be asked for larger ones", async () => {
    const project = service.projects.project("tickets") ?? expect.unreachable();
    const modelId = service.projects.publishedModelId(project);
    const tasks: Task[] = ["one", "two"].map((name) => ({
      kind: "CustomSingleLabelClassification",
      name,
      parameters: { modelId },
    }));
    const state = await analyse("v3.1-preview.ct.1", tasks, (n) => `The invoice of order ${n} was charged twice.`);
    expect(state.requests).toBe(2);
    expect(state.tasks.map(({ name, documents, about }) => [name, documents.size, about.statistics])).toEqual(
      ["one", "two"].map((name) => [name, DOCUMENTS, expect.objectContaining({ transactionsCount: DOCUMENTS })]),
    );
  });
});
