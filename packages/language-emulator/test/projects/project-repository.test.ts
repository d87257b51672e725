import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadProjects } from "../../src/projects/project-repository.ts";
import { projectsFolder } from "../own-projects.ts";

describe("the loaded projects", () => {
  const registry = loadProjects(projectsFolder(), 0);

  it("name a published model by a stable id", () => {
    const project = registry.project("contracts");
    const id = project === undefined ? "" : registry.publishedModelId(project);
    expect(id).toMatch(/^[0-9a-f-]{36}_MultiClassification_latest$/);
    expect(loadProjects(projectsFolder(), 1).published(id)?.project.metadata.projectName).toBe("contracts");
  });
});

describe("a folder of one's own", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "projects-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("without labels holds no projects", () => {
    expect(loadProjects(folder, 0).projects()).toEqual([]);
  });

  it("with a wrong project file is refused with the file, the place and what was expected", () => {
    mkdirSync(join(folder, "labels"));
    const metadata = {
      projectName: "has spaces",
      projectKind: "CustomTea",
      storageInputContainerName: "c",
      language: "en",
    };
    const file = { projectFileVersion: "2023-04-01", stringIndexType: "UnicodeCodePoint", metadata, assets: {} };
    writeFileSync(join(folder, "labels", "tea.json"), JSON.stringify(file));
    expect(() => loadProjects(folder, 0)).toThrow(
      /tea\.json is not a project file[\s\S]*Utf16CodeUnit[\s\S]*projectName/,
    );
  });

  it("may spell the project kind in any case, and keeps test documents out of training", () => {
    mkdirSync(join(folder, "labels"));
    mkdirSync(join(folder, "training", "fruit"), { recursive: true });
    const documents = ["apple pie", "apple cake", "pear tart", "pear jam"].map((text, index) => {
      writeFileSync(join(folder, "training", "fruit", `${index}.txt`), text);
      return { location: `${index}.txt`, dataset: "Train", class: { category: text.split(" ")[0] } };
    });
    documents.push({ location: "missing.txt", dataset: "Test", class: { category: "pear" } });
    const file = {
      projectFileVersion: "2023-04-01",
      stringIndexType: "Utf16CodeUnit",
      metadata: {
        projectName: "fruit",
        projectKind: "customSingleLabelClassification",
        storageInputContainerName: "fruit",
        language: "en",
      },
      assets: {
        projectKind: "customSingleLabelClassification",
        classes: [{ category: "apple" }, { category: "pear" }],
        documents,
      },
    };
    writeFileSync(join(folder, "labels", "fruit.json"), JSON.stringify(file));
    const model = loadProjects(folder, 0).deployed("fruit", "production")?.model;
    expect(model?.type === "classifier" && model.classify("a fresh pear")[0]?.category).toBe("pear");
  });
});
