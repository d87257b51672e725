import { describe, expect, it } from "vitest";
import { projectOf } from "../../../src/lib/projects/project-name.ts";

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
