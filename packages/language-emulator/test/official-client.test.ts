import {
  type AnalyzeBatchAction,
  type AnalyzeBatchResult,
  AzureKeyCredential,
  TextAnalysisClient,
} from "@azure/ai-language-text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LanguageService, startLanguageService } from "../src/service.ts";
import { projectsFolder } from "./own-projects.ts";

/** The service's own client reads the emulator's answers: it would stumble over a shape that is not the service's. */
describe("the official client", () => {
  let service: LanguageService;
  let client: TextAnalysisClient;

  beforeAll(async () => {
    service = await startLanguageService({ projects: projectsFolder(), jobSeconds: { from: 0.02, to: 0.04 } });
    client = new TextAnalysisClient(service.url, new AzureKeyCredential(service.key), {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 0 },
    });
  });
  afterAll(() => service.stop());

  async function analyze(actions: AnalyzeBatchAction[], documents: string[]): Promise<AnalyzeBatchResult[][]> {
    const poller = await client.beginAnalyzeBatch(actions, documents, "en", {
      updateIntervalInMs: 10,
      includeStatistics: true,
    });
    const pages: AnalyzeBatchResult[][] = [];
    const results = await poller.pollUntilDone();
    for await (const page of results.byPage()) pages.push(page as AnalyzeBatchResult[]);
    return pages;
  }

  const custom = (projectName: string) => ({ projectName, deploymentName: "production" });

  it("reads every kind that it knows", async () => {
    const text =
      "Great staff in Madrid! Ada Lovelace takes 100 mg ibuprofen twice daily. checkout-api gave HTTP 503 again.";
    const actions: AnalyzeBatchAction[] = [
      { kind: "EntityRecognition" },
      { kind: "PiiEntityRecognition" },
      { kind: "KeyPhraseExtraction" },
      { kind: "SentimentAnalysis", includeOpinionMining: true },
      { kind: "EntityLinking" },
      { kind: "Healthcare" },
      { kind: "ExtractiveSummarization", maxSentenceCount: 1 },
      { kind: "AbstractiveSummarization" },
      { kind: "CustomEntityRecognition", ...custom("incidents") },
      { kind: "CustomSingleLabelClassification", ...custom("tickets") },
      { kind: "CustomMultiLabelClassification", ...custom("contracts") },
    ];
    const [results = []] = await analyze(actions, [text]);
    expect(results.map(({ kind }) => kind)).toEqual(actions.map(({ kind }) => kind));
    const documents = results.map((result) => ("results" in result ? result.results[0] : result));
    expect(documents).toMatchObject([
      { entities: [{ text: "Madrid" }, { text: "Ada Lovelace" }] },
      { redactedText: expect.stringContaining("************ takes") },
      { keyPhrases: expect.arrayContaining(["Madrid"]) },
      { sentiment: "positive", sentences: [{ opinions: [{ assessments: [{ text: "Great" }] }] }, {}, {}] },
      { entities: [{ name: "Madrid" }, { name: "Ada Lovelace" }] },
      { entityRelations: [{ roles: [{ entity: { text: "100 mg" } }, { entity: { text: "ibuprofen" } }] }, {}] },
      { sentences: [{ offset: expect.any(Number) }] },
      { summaries: [{ contexts: [{}, {}] }] },
      { entities: [{ text: "checkout-api", category: "System" }, { text: "HTTP 503" }] },
      { classifications: [{ category: expect.any(String) }] },
      { classifications: expect.any(Array) },
    ]);
    expect(results[0]).toMatchObject({ statistics: { documentCount: 1, transactionCount: 1 } });
  });

  it("follows the pages of a full job", async () => {
    const texts = Array.from({ length: 25 }, (_, index) => `Our invoice ${index} is wrong`);
    const pages = await analyze([{ kind: "KeyPhraseExtraction" }], texts);
    const ids = pages.map(([task]) => (task && "results" in task ? task.results.map(({ id }) => id) : []));
    expect(ids.map(({ length }) => length)).toEqual([20, 5]);
    expect(ids.flat()).toEqual(texts.map((_, index) => String(index)));
  });

  it("understands an error of one document", async () => {
    const [results = []] = await analyze([{ kind: "KeyPhraseExtraction" }], ["", "full"]);
    expect(results[0]).toMatchObject({
      results: [{ id: "0", error: { code: "InvalidDocument", message: "Document text is empty." } }, { id: "1" }],
    });
  });

  it("learns languages", async () => {
    const found = await client.analyze("LanguageDetection", ["Where is the station?", "Wo ist der Bahnhof?"]);
    expect(found).toMatchObject([
      { primaryLanguage: { iso6391Name: "en" } },
      { primaryLanguage: { iso6391Name: "de" } },
    ]);
  });

  it("understands a refusal", async () => {
    const call = client.beginAnalyzeBatch([{ kind: "KeyPhraseExtraction", modelVersion: "bad" }], ["x"], "en");
    await expect(call).rejects.toMatchObject({ statusCode: 400, code: "InvalidParameterValue" });
  });

  it("understands a wrong key", async () => {
    const stranger = new TextAnalysisClient(service.url, new AzureKeyCredential("wrong"), {
      allowInsecureConnection: true,
    });
    const call = stranger.beginAnalyzeBatch([{ kind: "KeyPhraseExtraction" }], ["x"], "en");
    await expect(call).rejects.toMatchObject({ statusCode: 401, code: "401" });
  });

  it("cancels", async () => {
    service.setScenario({ rules: [{ do: { action: "stayRunning", seconds: 60 } }] });
    const poller = await client.beginAnalyzeBatch([{ kind: "KeyPhraseExtraction" }], ["x"], "en", {
      updateIntervalInMs: 10,
    });
    await poller.sendCancellationRequest();
    await expect(poller.pollUntilDone()).rejects.toThrow(/cancel/i);
    service.setScenario({ rules: [] });
  });
});
