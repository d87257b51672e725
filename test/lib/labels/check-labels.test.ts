import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkLabelsFile } from "../../../src/lib/labels/check-labels.ts";
import { problemLine } from "../../../src/lib/labels/labels.ts";
import type { LabelRules } from "../../../src/lib/labels/limits.ts";
import { readProjectKind } from "../../../src/lib/language/authoring/authoring.ts";
import { ENTITY_TEXT, goodEntities, goodFile, problemsOf, rules, textsFor, textsOf } from "./labels-helpers.ts";

const single = rules("CustomSingleLabelClassification");
const entities = rules("CustomEntityRecognition");

type Doc = Record<string, unknown>;
const withDocument = (change: (document: Doc) => void, index = 3) => {
  const file = goodFile();
  const document = file.assets.documents[index];
  if (document !== undefined) change(document);
  return file;
};
describe("labels in order", () => {
  it("have no problem", async () => {
    expect(await problemsOf(goodFile(), single, textsFor("some text"))).toEqual([]);
    expect(await problemsOf(goodEntities(), entities, textsFor(ENTITY_TEXT))).toEqual([]);
  });

  it.each(["tickets", "contracts", "incidents", "visits"])("are those of the sample project %s", async (name) => {
    const value = JSON.parse(readFileSync(`samples/labels/${name}.json`, "utf8"));
    const kind = readProjectKind(value.metadata.projectKind);
    if (kind === undefined) throw new Error(`unknown kind in ${name}`);
    const texts = {
      name: "samples",
      async *list() {},
      read: async (location: string) => readFileSync(`samples/training/${name}/${location}`),
    };
    const { problems } = await checkLabelsFile({ file: name, value }, rules(kind, { multilingual: true }), texts);
    expect(problems.filter(({ severity }) => severity === "error").map(problemLine)).toEqual([]);
  });
});

describe("a problem of the form", () => {
  it.each([
    ["no object", [1], ["WrongForm"]],
    ["nothing known in it", { intents: [] }, ["UnknownFormat"]],
    [
      "a kind other than the project's",
      { assets: { ...goodFile().assets, projectKind: "CustomEntityRecognition" } },
      ["OtherKind"],
    ],
    ["offsets counted otherwise", { ...goodFile(), stringIndexType: "UnicodeCodePoint" }, ["WrongForm"]],
    ["no classes", { assets: { documents: goodFile().assets.documents } }, ["WrongForm"]],
  ])("is found: %s", async (_, value, codes) => {
    const problems = await problemsOf(value, single);
    expect(problems.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
    expect(problems.length).toBeGreaterThan(0);
  });

  it("in one document hides nothing about the others", async () => {
    const file = withDocument((document) => {
      document.location = 7;
    });
    file.assets.documents[5] = { location: "5.txt", class: { category: "c" } };
    expect(await problemsOf(file, single)).toEqual([
      { severity: "error", code: "WrongForm", path: "assets.documents[3].location", document: undefined },
      { severity: "error", code: "UnknownClass", path: "assets.documents[5].class.category", document: "5.txt" },
    ]);
  });

  it("is a list of classes in a single-label project, and one class in a multi-label project", async () => {
    const list = withDocument((document) => {
      document.classes = [{ category: "a" }];
    });
    expect((await problemsOf(list, single)).map(({ path }) => path)).toEqual(["assets.documents[3].classes"]);
    const multi = rules("CustomMultiLabelClassification");
    const found = await problemsOf({ ...goodFile().assets, projectKind: multi.kind }, multi);
    expect(found[0]).toMatchObject({ code: "WrongForm", path: "documents[0].class" });
  });
});

describe("a problem of what the file says", () => {
  it.each<[string, (document: Doc) => void, string, Partial<LabelRules>?]>([
    ["a class that is not declared", (d) => Object.assign(d, { class: { category: "B" } }), "UnknownClass"],
    ["no class", (d) => delete d.class, "Unlabelled"],
    ["the same text again", (d) => Object.assign(d, { location: "0.txt" }), "RepeatedDocument"],
    ["no .txt", (d) => Object.assign(d, { location: "a.pdf" }), "NotText"],
    ["a language nobody trains", (d) => Object.assign(d, { language: "xx" }), "UnknownLanguage"],
    ["another language than the project's", (d) => Object.assign(d, { language: "de" }), "OtherLanguage"],
    ["a set that is none", (d) => Object.assign(d, { dataset: "Dev" }), "UnknownDataset"],
    [
      "a language the preview did not know",
      (d) => Object.assign(d, { language: "sv" }),
      "UnknownLanguage",
      { wire: "preview" },
    ],
  ])("is found: %s", async (_, change, code, more) => {
    const problems = await problemsOf(withDocument(change), { ...single, ...more });
    expect(problems.filter((each) => each.code === code)).toHaveLength(1);
    expect(problems.find((each) => each.code === code)).toMatchObject({ severity: "error" });
  });

  it("is a language that only multilingual projects may mix", async () => {
    const file = withDocument((document) => Object.assign(document, { language: "de" }));
    expect(await problemsOf(file, { ...single, multilingual: true })).toEqual([]);
  });

  it("is Hebrew beside another language in a health project, even a multilingual one", async () => {
    const health = rules("CustomHealthcare", { multilingual: true });
    const documents = goodEntities().assets.documents.map((document, n) =>
      n === 0 ? { ...document, language: "he" } : document,
    );
    const problems = await problemsOf({ entities: [{ category: "Person" }], documents }, health);
    expect(problems.map(({ code }) => code)).toEqual(["OtherLanguage"]);
  });

  it.each([
    ["too few documents", 9, "DocumentCount"],
    ["no document", 0, "DocumentCount"],
  ])("is %s", async (_, count, code) => {
    const file = goodFile();
    file.assets.documents.length = count;
    expect((await problemsOf(file, single)).map((problem) => problem.code)).toContain(code);
  });

  it.each([
    ["too many classes", 201],
    ["no class at all", 0],
  ])("is %s", async (_, count) => {
    const file = goodFile();
    file.assets.classes = Array.from({ length: count }, (_each, n) => ({ category: `class ${n}` }));
    expect((await problemsOf(file, single)).map(({ code }) => code)).toContain("CategoryCount");
  });

  it.each(["a:b", "50 %", "a/b", "x".repeat(51)])("is the class name %j", async (name) => {
    const file = goodFile();
    file.assets.classes.push({ category: name });
    expect(await problemsOf(file, single)).toContainEqual(
      expect.objectContaining({ code: "WrongName", severity: "error", path: "assets.classes[2].category" }),
    );
  });

  it("is a name declared twice, and a class that hardly any document has", async () => {
    const file = goodFile();
    file.assets.classes.push({ category: "a" }, { category: "unused" });
    const found = await problemsOf(file, single);
    expect(found.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "error RepeatedName",
      "warning FewLabels",
    ]);
  });

  it("is a label of a prebuilt entity", async () => {
    const file = goodEntities();
    file.assets.entities = [{ category: "Person", prebuilts: [{ category: "Person" }] }];
    const found = await problemsOf({ ...file.assets, projectKind: "CustomHealthcare" }, rules("CustomHealthcare"));
    expect(found).toHaveLength(10);
    expect(found[0]).toMatchObject({ code: "PrebuiltLabelled", path: "documents[0].entities[0].labels[0]" });
  });

  it("is a manual split without documents for the test, and a test set that a split by percentage leaves out", async () => {
    const manual = rules("CustomSingleLabelClassification", { split: "manual" });
    const trainOnly = {
      assets: { ...goodFile().assets, documents: goodFile().assets.documents.map((d) => ({ ...d, dataset: "Train" })) },
    };
    expect((await problemsOf(trainOnly, manual)).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "error EmptyDataset",
    ]);
    const mixed = {
      assets: {
        ...goodFile().assets,
        documents: goodFile().assets.documents.map((d, n) => ({ ...d, dataset: n < 2 ? "Test" : "Train" })),
      },
    };
    expect(await problemsOf(mixed, manual)).toEqual([]);
    expect((await problemsOf(mixed, single)).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning UnusedDataset",
    ]);
  });

  const withDatasets = (datasetOf: (document: Doc, n: number) => string) => {
    const file = goodFile();
    file.assets.documents.forEach((document, n) => {
      document.dataset = datasetOf(document, n);
    });
    return file;
  };

  it.each([
    ["nothing", 12, "0 documents to train on, and 12 for the test"],
    ["too little", 3, "9 documents to train on, and 3 for the test"],
  ])("is a split by percentage that leaves %s to train on", async (_, tests, found) => {
    const value = withDatasets((_document, n) => (n < tests ? "Test" : "Train"));
    const report = await checkLabelsFile({ file: "labels.json", value }, single);
    expect(report.usable).toBe(false);
    expect(report.problems.find(({ code }) => code === "DocumentCount")).toMatchObject({
      severity: "error",
      path: "assets.documents",
      found,
    });
  });

  it("is a test set for the preview, which is not told of it and trains on all", async () => {
    const value = withDatasets((_document, n) => (n < 5 ? "Test" : "Train"));
    const documents = value.assets.documents.map((document) => ({ ...document, language: "en-US" }));
    const file = { assets: { ...value.assets, documents } };
    const report = await checkLabelsFile({ file: "labels.json", value: file }, { ...single, wire: "preview" });
    expect(report.usable).toBe(true);
    const found = report.problems.find(({ code }) => code === "UnusedDataset");
    expect(found).toMatchObject({ severity: "warning", expected: expect.stringContaining("v1.0-preview.2") });
    expect(found?.hint).toMatch(/ignored.*later apiVersion/);
  });

  it("is a class that a manual split only tests", async () => {
    const file = withDatasets((_document, n) => (n % 2 === 0 ? "Train" : "Test"));
    const manual = rules("CustomSingleLabelClassification", { split: "manual" });
    expect(await problemsOf(file, manual)).toEqual([
      { severity: "warning", code: "UntrainedCategory", path: "assets.classes[1].category", document: undefined },
    ]);
  });

  it("is an entity that a manual split only tests", async () => {
    const file = goodEntities();
    file.assets.entities.push({ category: "Team" });
    file.assets.documents.forEach((document, n) => {
      Object.assign(document, { dataset: n < 2 ? "Test" : "Train" });
      const [label] = document.entities[0]?.labels ?? [];
      if (n < 2 && label !== undefined) label.category = "Team";
    });
    const found = await problemsOf(file, { ...entities, split: "manual" });
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(["UntrainedCategory assets.entities[1].category"]);
  });

  it("is texts in folders, once for all of them", async () => {
    const file = goodFile();
    for (const document of file.assets.documents) document.location = `a/${String(document.location)}`;
    expect((await problemsOf(file, single)).map(({ code }) => code)).toEqual(["NotAtRoot"]);
  });
});

describe("a problem of the texts", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["empty", "", "EmptyText"],
    ["only white space", " \n\t", "EmptyText"],
    ["another encoding", Uint8Array.from([0x67, 0xfc, 0x6e]), "NotUtf8"],
    ["too long", "x".repeat(128_001), "TextTooLong"],
    ["too long in emoji, which count once", "😀".repeat(128_001), "TextTooLong"],
  ])("is found: %s", async (_, text, code) => {
    const texts = { ...textsFor("some text"), "3.txt": text };
    expect(await problemsOf(goodFile(), single, texts)).toEqual([
      { severity: "error", code, path: "assets.documents[3].location", document: "3.txt" },
    ]);
  });

  it("is no text within the limit that has more UTF-16 code units than that", async () => {
    const texts = { ...textsFor("some text"), "3.txt": "😀".repeat(70_000) };
    expect(await problemsOf(goodFile(), single, texts)).toEqual([]);
  });

  it("is a text that is not there, with the one that is spelled otherwise", async () => {
    const { "3.txt": _, ...others } = textsFor("some text");
    const source = { file: "labels.json", value: goodFile() };
    const report = await checkLabelsFile(source, single, textsOf({ ...others, "3.TXT": "some text" }));
    expect(report.problems.map(problemLine)).toEqual([
      'error: labels.json: assets.documents[3].location (document "3.txt"): found no such text, ' +
        'expected it in container "training". There is "3.TXT": upper and lower case count.',
    ]);
    expect(report.usable).toBe(false);
  });

  it("is a longer text than the preview took", async () => {
    const texts = textsFor("x".repeat(17_501));
    const found = await problemsOf(goodFile(), { ...single, wire: "preview" }, texts);
    expect(found.filter(({ code }) => code === "TextTooLong")).toHaveLength(12);
  });
});
