import { startLanguageService } from "language-emulator";
import { expect, it, onTestFinished } from "vitest";
import { createAnalysisClient } from "../../../src/lib/language/analysis-client.ts";

const LANGUAGE = "v3.1-preview.ct.1";

async function client(options: Parameters<typeof startLanguageService>[0] = {}) {
  const service = await startLanguageService(options);
  onTestFinished(() => service.stop());
  const credential = { key: service.key };
  const detector = createAnalysisClient({
    endpoint: service.url,
    apiVersion: LANGUAGE,
    credential,
    timeoutSeconds: 60,
  });
  return { service, detector };
}

it("The languages of texts are found out in one call, whatever version the jobs are in", async () => {
  const { service, detector } = await client();
  const found = await detector.detectLanguages([
    { id: "0", text: "The contract ends with the month, and it is not renewed." },
    { id: "1", text: "Der Vertrag endet mit dem Monat und wird nicht verlängert." },
    { id: "2", text: "这份合同在月底结束。" },
    { id: "3", text: "12345" },
  ]);
  expect([...found].map(([id, { code }]) => [id, code])).toEqual([
    ["0", "en"],
    ["1", "de"],
    ["2", "zh-hans"],
  ]);
  expect(Object.values(service.stats().requests).reduce((sum, count) => sum + count, 0)).toBe(1);
});

it("No more than a text record's worth of a text is sent, and no half of a character", async () => {
  const { service, detector } = await client();
  await detector.detectLanguages([{ id: "0", text: `The ${"x".repeat(995)}😀 and more` }]);
  expect(service.stats().textRecords).toBe(1);
});

it("A refusal is an error of the usual classes", async () => {
  const { service, detector } = await client();
  service.setKeys(["another-key"]);
  await expect(detector.detectLanguages([{ id: "0", text: "The" }])).rejects.toMatchObject({ class: "blocked" });
});
