import { type LanguageService, startLanguageService } from "language-emulator";
import { sentences } from "language-emulator/text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { at, type Loose, list, misplaced, resolve } from "./kinds/loose.ts";
import { type LongText, longText } from "./long/long-text.ts";
import { ownAccount } from "./own-account.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

const CUSTOM = (projectName: string) => ({ projectName, deploymentName: "production" });

/** Tasks that find things, and things that they find: most of them have spaces inside, for a cut to fall into. */
const FINDERS = [
  {
    name: "personal",
    task: { kind: "PiiEntityRecognition", stringIndexType: "TextElements_v8" },
    plant: (n: number) =>
      ["Ada Lovelace", `0${30 + (n % 60)} ${1000 + (n % 9000)} ${5000 + (n % 5000)}`, `p.${n}@example.org`][n % 3] ??
      "",
  },
  {
    name: "things",
    task: { kind: "CustomEntityRecognition", ...CUSTOM("incidents"), stringIndexType: "UnicodeCodePoint" },
    plant: (n: number) => [`${n + 1} minutes`, "Security team", `DB-${1000 + n}`][n % 3] ?? "",
  },
  {
    // The first half of such a date is found too when a cut takes the year away.
    name: "dates",
    task: { kind: "EntityRecognition" },
    plant: (n: number) => `March ${1 + (n % 28)}, ${2000 + (n % 50)}`,
  },
];

/** 600,000 characters of sentences in paragraphs, and 600,000 in which every cut falls between two words of one line. */
const LONG: Readonly<Record<string, LongText>> = Object.fromEntries(
  FINDERS.flatMap(({ name, plant }, seed) => [
    [`${name}/prose.txt`, longText({ seed, characters: 600_000, plant, every: 4 })],
    [`${name}/line.txt`, longText({ seed, characters: 600_000, plant, every: 2, endless: true })],
  ]),
);

const STAY = (n: number) => `the good hotel and Ibuprofen ${n + 10} mg twice daily in Vienna`;
const STORY = longText({ seed: 11, characters: 300_000, plant: STAY, every: 6 });
const CLAUSES = ["the fee is due within thirty days", "either party may terminate this agreement with notice"];
const CONTRACT = longText({ seed: 12, characters: 300_000, plant: (n) => CLAUSES[n < 400 ? 0 : 1] ?? "", every: 6 });

const PIPELINES = [
  ...FINDERS.map(({ name, task }) => ({ name, match: `${name}/**`, apiVersion: "2024-11-01", tasks: [task] })),
  {
    name: "story",
    match: "story/**",
    apiVersion: "2024-11-01",
    tasks: [
      { kind: "Healthcare", name: "health", stringIndexType: "TextElements_v8", fhirVersion: "4.0.1" },
      { kind: "SentimentAnalysis", name: "mood", opinionMining: true },
      { kind: "KeyPhraseExtraction", name: "phrases" },
      { kind: "EntityLinking", name: "links", stringIndexType: "UnicodeCodePoint" },
      { kind: "ExtractiveSummarization", name: "extract", sentenceCount: 4, sortBy: "Rank" },
      { kind: "AbstractiveSummarization", name: "abstract" },
    ],
  },
  {
    name: "contract",
    match: "contract/**",
    tasks: [
      { kind: "CustomMultiLabelClassification", name: "clauses", ...CUSTOM("contracts") },
      { kind: "CustomSingleLabelClassification", name: "topic", ...CUSTOM("tickets") },
    ],
  },
];

let language: LanguageService;
let pipelines: PipelinesFile;
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0.2, to: 0.5 } });
  pipelines = await writePipelines(PIPELINES);
  stack = await startStack({
    storage: ownAccount(),
    pipelines: pipelines.path,
    language: { endpoint: language.url, key: language.key },
  });
  driver = new StackDriver(stack);
  const found = Object.entries(LONG).map(([name, { text }]): [string, string] => [name, text]);
  await driver.drop([...found, ["story/stay.txt", STORY.text], ["contract/both.txt", CONTRACT.text]]);
  await driver.recordsUnder("", found.length + 2);
});

afterAll(async () => {
  await stack?.stop();
  await pipelines?.[Symbol.asyncDispose]();
  await language?.stop();
});

async function tasksOf(pipeline: string, document: string): Promise<Record<string, Loose>> {
  const result = await driver.readResult(pipeline, document);
  expect(result.status).toBe("succeeded");
  return Object.fromEntries(list(result, "tasks").map((task) => [task.name, task]));
}

const numbers = (value: Loose): { offset: number; length: number } => ({
  offset: Number(value.offset),
  length: Number(value.length),
});

/** How much text each chunk adds to those before it. */
function freshLengths(chunks: readonly Loose[]): number[] {
  let covered = 0;
  return chunks.map((chunk) => {
    const { offset, length } = numbers(chunk);
    const fresh = offset + length - Math.max(covered, offset);
    covered = offset + length;
    return fresh;
  });
}

/** The mean over chunks, weighted by the text that each adds, to four decimals. */
function weightedMean(chunks: readonly Loose[], scoreOf: (chunk: Loose) => unknown): number {
  const lengths = freshLengths(chunks);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const sum = chunks.reduce((all, chunk, index) => all + Number(scoreOf(chunk) ?? 0) * (lengths[index] ?? 0), 0);
  return Math.round((sum / total) * 10_000) / 10_000;
}

describe.each(FINDERS)("600,000 characters with things at known places ($name)", ({ name, task }) => {
  it.each(["prose", "line"])("give each of them once, at its place (%s)", async (form) => {
    const document = `${name}/${form}.txt`;
    const { text, planted } = LONG[document] ?? expect.unreachable();
    const result = await driver.readResult(name, document);
    const [answer = {}] = list(result, "tasks");
    expect(answer).toMatchObject({ kind: task.kind, status: "succeeded" });
    const found = list(answer, "entities").map(({ offset, text: quoted }) => `${offset} ${quoted}`);
    expect(found).toEqual(planted.map(({ offset, text: wanted }) => `${offset} ${wanted}`));
    expect(misplaced(answer, text)).toEqual([]);

    const chunks = list(answer, "chunks").map(numbers);
    expect(result).toMatchObject({
      document: { characters: text.length, chunks: chunks.length },
      usage: { textRecords: at(answer, "statistics", "transactionsCount") },
    });
    expect(chunks.length).toBeGreaterThanOrEqual(5);
    const ends = chunks.slice(0, -1).map(({ offset, length }) => offset + length);
    for (const [index, end] of ends.entries()) {
      const next = chunks[index + 1] ?? expect.unreachable();
      expect(end - next.offset).toBeGreaterThan(100);
      expect(end - next.offset).toBeLessThanOrEqual(1000);
    }
    const cut = planted.filter(({ offset, text: { length } }) =>
      [...ends, ...chunks.map((chunk) => chunk.offset)].some((border) => border > offset && border < offset + length),
    );
    if (form === "line") expect(cut.length).toBeGreaterThan(0);
    else expect(cut).toEqual([]);
  });
});

it("personal data on a cut is redacted, and nothing else is", async () => {
  for (const form of ["prose", "line"]) {
    const { text, planted } = LONG[`personal/${form}.txt`] ?? expect.unreachable();
    const { piiEntityRecognition: answer = {} } = await tasksOf("personal", `personal/${form}.txt`);
    let expected = "";
    let end = 0;
    for (const { offset, text: hidden } of planted) {
      expected += text.slice(end, offset) + "*".repeat(hidden.length);
      end = offset + hidden.length;
    }
    expect(answer.redactedText === expected + text.slice(end)).toBe(true);
  }
});

describe("a long document of six tasks", () => {
  it("has every relation once, between entities of the same sentence", async () => {
    const { health = {} } = await tasksOf("story", "story/stay.txt");
    expect(misplaced(health, STORY.text)).toEqual([]);
    const found = list(health, "relations").map(({ relationType, entities }) => {
      const [dependent = {}, medication = {}] = (entities as Loose[]).map(({ ref }) => resolve(health, ref));
      return `${relationType}: ${medication.offset} ${medication.text} ${dependent.text}`;
    });
    const expected = STORY.planted.flatMap(({ offset, text }, n) => {
      const place = offset + text.indexOf("Ibuprofen");
      return [
        `DosageOfMedication: ${place} Ibuprofen ${n + 10} mg`,
        `FrequencyOfMedication: ${place} Ibuprofen twice daily`,
      ];
    });
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it("has a FHIR bundle for each chunk, and none that says to be of the whole", async () => {
    const { health = {} } = await tasksOf("story", "story/stay.txt");
    expect(health.fhirBundle).toBeUndefined();
    for (const chunk of list(health, "chunks")) expect(chunk.fhirBundle).toMatchObject({ resourceType: "Bundle" });
  });

  it("has every sentence once, its opinions pointing into it, and the mean of the chunks' scores", async () => {
    const { mood = {} } = await tasksOf("story", "story/stay.txt");
    const found = list(mood, "sentences");
    expect(found.map(({ offset, length }) => `${offset} ${length}`)).toEqual(
      sentences(STORY.text).map(({ offset, length }) => `${offset} ${length}`),
    );
    expect(misplaced(mood, STORY.text)).toEqual([]);
    const judged = found.flatMap((sentence, index) =>
      list(sentence, "targets").flatMap((target) =>
        list(target, "relations").map(({ ref }) => {
          expect(String(ref).startsWith(`#/sentences/${index}/`)).toBe(true);
          return `${target.offset} ${target.text} ${resolve(mood, ref).text}`;
        }),
      ),
    );
    expect(judged).toEqual(STORY.planted.map(({ offset, text }) => `${offset + text.indexOf("hotel")} hotel good`));
    expect(mood.sentiment).toBe("positive");
    const chunks = list(mood, "chunks");
    expect(mood.confidenceScores).toEqual(
      Object.fromEntries(
        ["positive", "neutral", "negative"].map((label) => [
          label,
          weightedMean(chunks, (chunk) => at(chunk, "confidenceScores", label)),
        ]),
      ),
    );
  });

  it("has every key phrase of every chunk once", async () => {
    const { phrases = {} } = await tasksOf("story", "story/stay.txt");
    const all = list(phrases, "chunks").flatMap(({ keyPhrases }) => keyPhrases as string[]);
    const merged = phrases.keyPhrases as string[];
    expect(new Set(merged.map((phrase) => phrase.toLowerCase()))).toEqual(
      new Set(all.map((phrase) => phrase.toLowerCase())),
    );
    expect(new Set(merged.map((phrase) => phrase.toLowerCase())).size).toBe(merged.length);
  });

  it("has one linked entity with all of its matches", async () => {
    const { links = {} } = await tasksOf("story", "story/stay.txt");
    const [vienna = {}, ...others] = list(links, "entities");
    expect(others).toEqual([]);
    expect(list(vienna, "matches").map(({ offset }) => offset)).toEqual(
      STORY.planted.map(({ offset, text }) => offset + text.indexOf("Vienna")),
    );
    expect(misplaced(links, STORY.text)).toEqual([]);
  });

  it("has as many sentences as were asked for, the highest ranked of all chunks, and each chunk's summary", async () => {
    const { extract = {}, abstract = {} } = await tasksOf("story", "story/stay.txt");
    const ranks = (value: Loose) => list(value, "sentences").map(({ rankScore }) => Number(rankScore));
    const all = list(extract, "chunks")
      .flatMap(ranks)
      .toSorted((a, b) => b - a);
    expect(ranks(extract)).toEqual(all.slice(0, 4));
    expect(misplaced(extract, STORY.text)).toEqual([]);
    expect(list(abstract, "summaries")).toEqual(list(abstract, "chunks").flatMap((chunk) => list(chunk, "summaries")));
    expect(list(abstract, "summaries").length).toBe(list(abstract, "chunks").length);
    expect(misplaced(abstract, STORY.text)).toEqual([]);
  });
});

describe("a long document of two classifications", () => {
  it("has every class of any chunk with its highest score", async () => {
    const { clauses = {} } = await tasksOf("contract", "contract/both.txt");
    const best = new Map<unknown, number>();
    for (const { category, confidenceScore } of list(clauses, "chunks").flatMap((chunk) => list(chunk, "classes"))) {
      best.set(category, Math.max(best.get(category) ?? 0, Number(confidenceScore)));
    }
    expect(new Set(best.keys())).toEqual(new Set(["payment", "termination"]));
    const merged = list(clauses, "classes").map(({ category, confidenceScore }) => [category, confidenceScore]);
    expect(merged).toEqual([...best].toSorted(([, a], [, b]) => b - a));
  });

  it("has the one class with the best mean over the chunks", async () => {
    const { topic = {} } = await tasksOf("contract", "contract/both.txt");
    const chunks = list(topic, "chunks");
    const scoreOf = (category: unknown) => (chunk: Loose) =>
      list(chunk, "classes").find((one) => one.category === category)?.confidenceScore;
    const means = chunks
      .flatMap((chunk) => list(chunk, "classes").map(({ category }) => category))
      .map((category) => ({ category, confidenceScore: weightedMean(chunks, scoreOf(category)) }))
      .toSorted((a, b) => b.confidenceScore - a.confidenceScore);
    expect(topic.classes).toEqual(means.slice(0, 1));
  });
});

it("every text was sent once", async () => {
  expect(language.stats().analyses.filter(({ count }) => count > 1)).toEqual([]);
  expect(await driver.broken([...Object.keys(LONG), "story/stay.txt", "contract/both.txt"])).toEqual([]);
});

it("nothing was done that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
