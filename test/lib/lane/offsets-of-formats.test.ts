import { readFile } from "node:fs/promises";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAnalysisClient } from "../../../src/lib/language/analysis-client.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const SAMPLES = new URL("../../../samples/documents/", import.meta.url);

/** Files of each format. */
const FILES: readonly (readonly [format: string, file: string])[] = [
  ["docx", "contracts/lease.docx"],
  ["pdf", "contracts/notice.pdf"],
  ["pdf", "incidents/quarter.pdf"],
  ["pptx", "incidents/review.pptx"],
  ["html", "incidents/postmortem.html"],
  ["markdown", "incidents/handover.md"],
  ["eml", "tickets/broken-printer.eml"],
  ["msg", "tickets/vpn.msg"],
  ["rtf", "tickets/refund.rtf"],
];

let language: LanguageService;
let fixture: LaneFixture;

beforeAll(async () => {
  language = await startLanguageService({ clock: { now: () => fixture?.now() ?? Date.now() } });
  const kinds = ["EntityRecognition", "PiiEntityRecognition"] as const;
  const tasks = kinds.map((kind) => ({ kind, name: kind, parameters: { stringIndexType: "Utf16CodeUnit" } }));
  fixture = await LaneFixture.create({ tasks, language: "en", json: { text: "message" } });
  const client = createAnalysisClient({
    endpoint: language.url,
    apiVersion: "2023-04-01",
    credential: { key: language.key },
    timeoutSeconds: 60,
  });
  fixture.client = () => client;
  for (const [, file] of FILES) await fixture.drop(file, await readFile(new URL(file, SAMPLES)));
  const message = "Ada Lovelace 🙂 wrote from London to ada@example.com.";
  await fixture.drop("ticket.json", JSON.stringify({ id: 7, message }));
  await fixture.finish();
});
afterAll(() => language.stop());

it.each([...FILES, ["json", "ticket.json"] as const])(
  "Offsets in the result of a file of the format %s cut each entity out of the stored text: %s",
  async (format, file) => {
    const { document, tasks } = (await fixture.read("results", file)) as {
      document: { format: string; characters: number; textFile: string };
      tasks: { entities: { text: string; offset: number; length: number }[] }[];
    };
    expect(document.format).toBe(format);
    const stored = fixture.containers.results.getBlobClient(`tickets/${file}.txt`);
    expect(document.textFile).toBe(`${fixture.containers.results.containerName}/tickets/${file}.txt`);
    const text = (await stored.downloadToBuffer()).toString("utf8");
    expect(text).toHaveLength(document.characters);
    const entities = tasks.flatMap((task) => task.entities);
    expect(entities.length).toBeGreaterThan(0);
    for (const entity of entities) expect(text.slice(entity.offset, entity.offset + entity.length)).toBe(entity.text);
  },
);
