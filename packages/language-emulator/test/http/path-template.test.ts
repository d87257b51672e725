import { describe, expect, it } from "vitest";
import { pathPattern } from "../../src/http/path-template.ts";

describe("a path of the wire", () => {
  it.each([
    ["/projects", "/projects", []],
    ["/projects", "/Projects/", []],
    ["/projects/{name}", "/projects/Tea", ["Tea"]],
    ["/projects/{name}/:train", "/projects/tea/:train", ["tea"]],
    ["/v1.0/{name}/jobs/{id}", "/v1.0/tea/jobs/7", ["tea", "7"]],
  ])("%s fits %s", (template, path, names) => {
    expect(pathPattern(template).exec(path)?.slice(1)).toEqual(names);
  });

  it.each([
    ["/projects/{name}", "/projects/"],
    ["/projects/{name}", "/projects/a/b"],
    ["/v1.0/{name}", "/v1x0/a"],
    ["/projects/{name}/:train", "/projects/:train"],
  ])("%s does not fit %s", (template, path) => {
    expect(pathPattern(template).test(path)).toBe(false);
  });
});
