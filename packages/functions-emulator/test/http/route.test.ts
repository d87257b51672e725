import { describe, expect, test } from "vitest";
import { compareRoutes, matchRoute, parseRoute } from "../../src/http/route.ts";

const match = (template: string, path: string) => matchRoute(parseRoute(template, "here"), path);

describe("matching", () => {
  test.each([
    ["health", "health", {}],
    ["Health", "hEALTH/", {}],
    ["documents/{name}", "documents/a%20b%C3%A9", { name: "a bé" }],
    ["documents/{*name}", "documents/a/b%2Fc/d.txt", { name: "a/b%2Fc/d.txt" }],
    ["documents/{*name}", "documents/folder/", { name: "folder/" }],
    ["documents/{*name}", "documents/", {}],
    ["documents/{*name}", "documents", {}],
    ["items/{id?}", "items", {}],
    ["items/{id:int}", "items/42", { id: "42" }],
    ["items/{id:int:min(10)?}", "items/42", { id: "42" }],
    ["{a}/{b}", "x/y", { a: "x", b: "y" }],
    ["", "", {}],
    ["documents/{name}", "documents/%E0%A4%A", { name: "%E0%A4%A" }],
  ])("%s takes %s", (template, path, expected) => {
    expect(match(template, path)).toEqual(expected);
  });

  test.each([
    ["health", "healthy"],
    ["documents/{name}", "documents/a/b"],
    ["documents/{name}", "documents/"],
    ["items/{id:int}", "items/four"],
    ["items/{id:int:min(10)}", "items/4"],
    ["items/{id:guid}", "items/4"],
    ["items/{id:length(2,3)}", "items/abcd"],
  ])("%s does not take %s", (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });
});

test.each([
  ["/health", /must not start/],
  ["{a?}/b", /only the last/],
  ["{*a}/b", /only the last/],
  ["{a}/{A}", /repeats/],
  ["{a}-{b}", /does not understand/],
  ["{a=1}", /does not understand/],
  ["{a:regex(x)}", /constraint "regex"/],
])("%s is refused", (template, expected) => {
  expect(() => parseRoute(template, "here")).toThrow(expected);
});

test("more particular routes come first", () => {
  const templates = ["items/{*rest}", "items/{id}", "items/{id:int}", "items/special", "{*all}", "items"];
  const sorted = templates.map((each) => parseRoute(each, "here")).toSorted(compareRoutes);
  expect(sorted.map(({ template }) => template)).toEqual([
    "items",
    "items/special",
    "items/{id:int}",
    "items/{id}",
    "items/{*rest}",
    "{*all}",
  ]);
});
