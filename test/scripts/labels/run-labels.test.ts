import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkLocations, projectAssets } from "language-emulator/project-file";
import { describe, expect, it, onTestFinished } from "vitest";
import { runLabels } from "../../../scripts/labels/run-labels.ts";
import { goodFile } from "../../lib/labels/labels-helpers.ts";

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "labels-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function run(...args: string[]) {
  const written: string[] = [];
  const told: string[] = [];
  const code = await runLabels(args, {
    out: { write: (text: string) => written.push(text) },
    err: { write: (text: string) => told.push(text) },
  });
  return { code, output: written.join(""), told: told.join("") };
}

const SINGLE = ["--kind", "CustomSingleLabelClassification"];

/** Twelve texts in the folders a and b. */
const inFolders = () =>
  folderWith(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n % 2 ? "b" : "a"}/${n}.txt`, `text ${n}`])));

describe("npm run labels", () => {
  it("checks a file and its texts", async () => {
    const texts = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`texts/${n}.txt`, "some text"]));
    const folder = folderWith({ "labels.json": JSON.stringify(goodFile()), ...texts });
    const file = join(folder, "labels.json");
    expect(await run("check", file, "--texts", join(folder, "texts"))).toEqual({
      code: 0,
      output: "The labels can be used (0 warnings).\n",
      told: "",
    });
    rmSync(join(folder, "texts", "3.txt"));
    const { code, output } = await run("check", file, "--texts", join(folder, "texts"));
    expect(code).toBe(1);
    expect(output).toMatch(/^error: .*labels\.json: assets\.documents\[3\]\.location \(document "3\.txt"\)/);
  });

  it("converts a project file in several languages that says so itself", async () => {
    const { code, output, told } = await run("convert", "samples/labels/contracts.json", "--to", "named-tags");
    expect([code, told.includes("error:")]).toEqual([0, false]);
    expect(JSON.parse(output)).toMatchObject({ classifiers: expect.any(Array), documents: { length: 39 } });
  });

  it("converts a file, and back", async () => {
    const folder = folderWith({ "labels.json": JSON.stringify(goodFile()) });
    const kind = "CustomSingleLabelClassification";
    const there = await run("convert", join(folder, "labels.json"), "--to", "indexed-tags");
    writeFileSync(join(folder, "tags.json"), there.output);
    expect(JSON.parse(there.output)).toMatchObject({ intentNames: ["a", "b"] });
    const back = await run("convert", join(folder, "tags.json"), "--kind", kind);
    expect(JSON.parse(back.output)).toEqual(goodFile().assets);
  });

  it("writes to a file, so that no banner of npm gets into it", async () => {
    const folder = folderWith({ "labels.json": JSON.stringify(goodFile()) });
    const tags = join(folder, "tags.json");
    const { code, output, told } = await run(
      "convert",
      join(folder, "labels.json"),
      "--to",
      "indexed-tags",
      "--out",
      tags,
    );
    expect({ code, output, told }).toEqual({ code: 0, output: "", told: `12 documents written to ${tags}.\n` });
    expect(JSON.parse(readFileSync(tags, "utf8"))).toMatchObject({ intentNames: ["a", "b"] });
  });

  it("writes nothing but labels to standard output, and no file when the labels are wrong", async () => {
    const file = goodFile();
    file.assets.classes.pop();
    const folder = folderWith({ "labels.json": JSON.stringify(file) });
    const out = join(folder, "tags.json");
    const { code, output, told } = await run("convert", join(folder, "labels.json"), "--out", out);
    expect([code, output, existsSync(out)]).toEqual([1, "", false]);
    expect(told).toContain("The labels cannot be used.");
  });

  it("makes labels and copies of texts in folders that can be uploaded and imported as they are", async () => {
    const training = join(folderWith({}), "training");
    const labels = join(training, "labels.json");
    const { code } = await run("folders", inFolders(), ...SINGLE, "--copy-to", training, "--out", labels);
    expect(code).toBe(0);
    const assets = projectAssets.parse(JSON.parse(readFileSync(labels, "utf8")));
    if (assets.projectKind !== "CustomSingleLabelClassification") throw new Error(assets.projectKind);
    expect(assets).toMatchObject({ classes: [{ category: "a" }, { category: "b" }] });
    expect(() => checkLocations(assets)).not.toThrow();
    expect(readdirSync(training).sort()).toEqual([...assets.documents.map((d) => d.location), "labels.json"].sort());
    expect(await run("check", labels, "--texts", training)).toMatchObject({
      code: 0,
      output: "The labels can be used (0 warnings).\n",
    });
    for (const { location, class: label } of assets.documents) {
      const [, number] = /^[ab]-(\d+)-/.exec(location) ?? [];
      expect(readFileSync(join(training, location), "utf8")).toBe(`text ${number}`);
      expect(label?.category).toBe(Number(number) % 2 ? "b" : "a");
    }
  });

  it("names the copies that it was not told to make, and says so", async () => {
    const { code, output, told } = await run("folders", inFolders(), ...SINGLE);
    expect(code).toBe(0);
    for (const { location } of JSON.parse(output).documents) expect(location).not.toContain("/");
    expect(told).toContain("--copy-to DIR");
  });

  it("keeps the paths of texts for the preview, which reads folders", async () => {
    const files = Array.from({ length: 20 }, (_, n) => [`${n % 2 ? "b" : "a"}/${n}.txt`, "some text"]);
    const folder = folderWith(Object.fromEntries(files));
    const { output, told } = await run("folders", folder, ...SINGLE, "--preview", "--to", "indexed-tags");
    expect(JSON.parse(output).documents).toContainEqual(expect.objectContaining({ location: "b/1.txt" }));
    expect(told).toBe("");
  });

  it("tells what it leaves out", async () => {
    const folder = inFolders();
    writeFileSync(join(folder, "stray.txt"), "some text");
    const { told } = await run("folders", folder, ...SINGLE);
    expect(told).toMatch(/^warning: .*stray\.txt/);
  });

  it.each([
    [["chek", "x"], /Which command/],
    [["check"], /Name one file/],
    [["convert", "x", "--to", "xml"], /--to must be/],
    [["folders", "x"], /--kind must be/],
    [["folders", "nowhere", ...SINGLE], /^There is no folder nowhere$/],
    [["folders", "texts", ...SINGLE, "--copy-to", "texts/copies"], /--copy-to must not be a folder in texts/],
    [["check", "nowhere.json"], /^nowhere\.json cannot be read: no such file/],
    [["check", "x", "--out", "y"], /--out is for/],
    [["convert", "x", "--copy-to", "y"], /--copy-to is for/],
  ])("refuses %j", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});
