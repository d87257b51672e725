import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ProjectFile, projectFile } from "language-emulator/project-file";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { SAMPLE_FILES } from "../scripts/samples.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const samples = join(root, "samples");
const documents = filesBelow(join(samples, "documents"));
const projects = readdirSync(join(samples, "labels")).map((name) => basename(name, ".json"));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"));
}

function readProject(name: string): ProjectFile {
  return projectFile.parse(JSON.parse(readFileSync(join(samples, "labels", `${name}.json`), "utf8")));
}

function readTraining(project: string, location: string): string {
  return readFileSync(join(samples, "training", project, location), "utf8");
}

type Assets = ProjectFile["assets"];
type Region = Extract<Assets, { projectKind: "CustomEntityRecognition" }>["documents"][number]["entities"][number];

function declaredBy(assets: Assets): readonly { category: string; prebuilts?: unknown }[] {
  return assets.projectKind === "CustomEntityRecognition" || assets.projectKind === "CustomHealthcare"
    ? assets.entities
    : assets.classes;
}

function regionsOf(document: Assets["documents"][number]): Region[] {
  return Array.isArray(document.entities) ? document.entities : [];
}

function usedBy(assets: Assets): string[] {
  switch (assets.projectKind) {
    case "CustomSingleLabelClassification":
      return assets.documents.map((document) => document.class?.category ?? "");
    case "CustomMultiLabelClassification":
      return assets.documents.flatMap(({ classes }) => classes.map(({ category }) => category));
    default:
      return assets.documents.flatMap(({ entities }) =>
        entities.flatMap(({ labels }) => labels.map((l) => l.category)),
      );
  }
}

describe.each(projects)("labels of %s", (name) => {
  const { metadata, assets, stringIndexType } = readProject(name);

  it("are a project file of that name, in the units that authoring accepts", () => {
    expect(metadata.projectName).toBe(name);
    expect(assets.projectKind).toBe(metadata.projectKind);
    expect(stringIndexType).toBe("Utf16CodeUnit");
  });

  it("name every training text once, at least ten, none of them empty or one of the documents", () => {
    const locations = assets.documents.map(({ location }) => location);
    expect(locations.toSorted()).toEqual(filesBelow(join(samples, "training", name)).toSorted());
    expect(new Set(locations).size).toBe(locations.length);
    expect(locations.length).toBeGreaterThanOrEqual(10);
    const texts = locations.map((location) => readTraining(name, location).trim());
    expect(texts).not.toContain("");
    const read = documents.map((document) => readFileSync(join(samples, "documents", document), "utf8").trim());
    expect(texts.filter((text) => read.includes(text))).toEqual([]);
  });

  it("use only the classes and entities they declare, each of them often enough", () => {
    const declared = declaredBy(assets);
    const used = usedBy(assets);
    const names = declared.map(({ category }) => category);
    expect(names).toEqual(expect.arrayContaining(used));
    const learned = declared.filter(({ prebuilts }) => prebuilts === undefined);
    for (const { category } of learned) {
      expect(used.filter((label) => label === category).length, category).toBeGreaterThanOrEqual(5);
    }
  });

  it("mark entities that begin and end with the words they mark", () => {
    for (const document of assets.documents) {
      const text = readTraining(name, document.location);
      for (const region of regionsOf(document)) {
        expect(region.regionOffset + region.regionLength).toBeLessThanOrEqual(text.length);
        for (const { category, offset, length } of region.labels) {
          const marked = text.slice(offset, offset + length);
          expect(marked, `${document.location} ${category}`).toMatch(/^[\p{L}\p{N}].*[\p{L}\p{N}]$/u);
          expect(text.slice(Math.max(0, offset - 1), offset)).not.toMatch(/[\p{L}\p{N}]/u);
          expect(text.slice(offset + length, offset + length + 1)).not.toMatch(/[\p{L}\p{N}]/u);
        }
      }
    }
  });
});

describe("documents", () => {
  const pipelines: { name: string; match: string; tasks: { kind: string; projectName?: string }[] }[] = JSON.parse(
    readFileSync(join(samples, "pipelines.json"), "utf8"),
  ).pipelines;

  it("belong to exactly one pipeline each, but for the one that none wants", () => {
    const unwanted = documents.filter((name) => !pipelines.some(({ match }) => picomatch.isMatch(name, match)));
    expect(unwanted).toEqual(["notes/lunch.txt"]);
    for (const name of documents) {
      expect(pipelines.filter(({ match }) => picomatch.isMatch(name, match)).length, name).toBeLessThanOrEqual(1);
    }
    for (const { match } of pipelines) expect(documents.some((name) => picomatch.isMatch(name, match))).toBe(true);
  });

  it("that are no plain text are what the script makes, byte for byte", () => {
    for (const [name, content] of Object.entries(SAMPLE_FILES)) {
      expect(readFileSync(join(samples, "documents", name)).equals(Buffer.from(content as Uint8Array)), name).toBe(
        true,
      );
    }
  });

  it("are analysed by projects that the labels teach, of the kind asked for", () => {
    for (const { kind, projectName } of pipelines.flatMap(({ tasks }) => tasks)) {
      // A prebuilt feature needs none.
      if (projectName === undefined) continue;
      expect(readProject(projectName).metadata.projectKind).toBe(kind);
    }
  });

  it.each<[string, string, (bytes: Buffer) => boolean]>([
    ["nothing", "tickets/empty.txt", (bytes) => bytes.length === 0],
    ["white space", "tickets/only spaces.txt", (bytes) => bytes.length > 0 && bytes.toString().trim() === ""],
    ["bytes that are no text", "tickets/screenshot.txt", (bytes) => bytes.subarray(1, 4).toString() === "PNG"],
    ["UTF-16 with mark", "contracts/geheimhaltung-utf16.txt", (bytes) => bytes.readUInt16LE() === 0xfeff],
    [
      "UTF-16 without mark",
      "contracts/ley-aplicable-utf16-sin-bom.txt",
      (bytes) => bytes[1] === 0 && bytes[0] !== 0xff,
    ],
    ["windows-1252", "contracts/gerichtsstand.txt", (bytes) => bytes.includes(0x84) && bytes.includes(0x80)],
    ["UTF-8 with mark", "incidents/utf8-bom.txt", (bytes) => bytes.readUIntBE(0, 3) === 0xefbbbf],
    ["CR LF", "incidents/windows-lines.txt", (bytes) => bytes.includes("\r\n")],
    ["combining marks", "incidents/combining-marks.txt", (bytes) => /\p{M}/u.test(bytes.toString())],
    ["a joined emoji", "incidents/emoji.txt", (bytes) => bytes.toString().includes("\u200D")],
  ])("still hold %s after a checkout", (_, name, holds) => {
    expect(holds(readFileSync(join(samples, "documents", name)))).toBe(true);
  });
});
