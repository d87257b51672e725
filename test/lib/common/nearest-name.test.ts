import { describe, expect, it } from "vitest";
import { nearestName } from "../../../src/lib/common/problems.ts";

const KNOWN = ["projectName", "deploymentName", "loggingOptOut", "stringIndexType"];

describe("nearestName", () => {
  it.each([
    ["projctName", "projectName"],
    ["ProjectName", "projectName"],
    ["project-name", "projectName"],
    ["deployment", "deploymentName"],
    ["stringindextype", "stringIndexType"],
    ["opinionMining", undefined],
    ["x", undefined],
    ["", undefined],
  ])("%j was meant as %j", (mistyped, meant) => {
    expect(nearestName(mistyped, KNOWN)).toBe(meant);
  });

  it("has no suggestion where nothing is known", () => {
    expect(nearestName("name", [])).toBeUndefined();
  });
});
