import { describe, expect, it } from "vitest";
import { misnamedFolder, projectOf } from "../../../src/lib/project/names.ts";

describe("the project of a blob", () => {
  it.each([
    ["tickets/project.json", "tickets"],
    ["My.Project-2_x/project.json", "My.Project-2_x"],
    ["tickets/status.json", undefined],
    ["tickets/old/project.json", undefined],
    ["project.json", undefined],
    ["a b/project.json", undefined],
    ["../project.json", undefined],
    ["tickets/project.json.bak", undefined],
  ])("%s is %s", (blob, project) => {
    expect(projectOf(blob)).toBe(project);
  });
});

describe("the folder of a project file that cannot be a project's", () => {
  it.each([
    ["a b/project.json", "a b"],
    ["-x/project.json", "-x"],
    [`${"n".repeat(51)}/project.json`, "n".repeat(51)],
    ["tickets/project.json", undefined],
    ["a b/status.json", undefined],
    ["a b/old/project.json", undefined],
    ["project.json", undefined],
    ["../project.json", undefined],
    ["/project.json", undefined],
  ])("of %s is %s", (blob, folder) => {
    expect(misnamedFolder(blob)).toBe(folder);
  });
});
