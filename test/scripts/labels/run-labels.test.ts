import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runLabels } from "../../../scripts/labels/run-labels.ts";
import { goodFile } from "../../lib/projects/labels/labels-helpers.ts";

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
  const code = await runLabels(args, { write: (text: string) => written.push(text) });
  return { code, output: written.join("") };
}

describe("npm run labels", () => {
  it("checks a file and its texts", async () => {
    const texts = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`texts/${n}.txt`, "some text"]));
    const folder = folderWith({ "labels.json": JSON.stringify(goodFile()), ...texts });
    const file = join(folder, "labels.json");
    expect(await run("check", file, "--texts", join(folder, "texts"))).toEqual({
      code: 0,
      output: "The labels can be used (0 warnings).\n",
    });
    rmSync(join(folder, "texts", "3.txt"));
    const { code, output } = await run("check", file, "--texts", join(folder, "texts"));
    expect(code).toBe(1);
    expect(output).toMatch(/^error: .*labels\.json: assets\.documents\[3\]\.location \(document "3\.txt"\)/);
  });

  it("converts a file, and back", async () => {
    const folder = folderWith({ "labels.json": JSON.stringify(goodFile()) });
    const kind = "CustomSingleLabelClassification";
    const there = await run("convert", join(folder, "labels.json"), "--to", "index-tags");
    writeFileSync(join(folder, "tags.json"), there.output);
    expect(JSON.parse(there.output)).toMatchObject({ intentNames: ["a", "b"] });
    const back = await run("convert", join(folder, "tags.json"), "--kind", kind);
    expect(JSON.parse(back.output)).toEqual(goodFile().assets);
  });

  it("makes labels from folders", async () => {
    const texts = Array.from({ length: 12 }, (_, n) => [`${n % 2 ? "b" : "a"}/${n}.txt`, "some text"]);
    const folder = folderWith(Object.fromEntries(texts));
    const { code, output } = await run("folders", folder, "--kind", "CustomSingleLabelClassification");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ classes: [{ category: "a" }, { category: "b" }] });
    expect(JSON.parse(output).documents).toHaveLength(12);
  });

  it.each([
    [["chek", "x"], /Which command/],
    [["check"], /Name one file/],
    [["convert", "x", "--to", "xml"], /--to must be/],
    [["folders", "x"], /--kind must be/],
  ])("refuses %j", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});
