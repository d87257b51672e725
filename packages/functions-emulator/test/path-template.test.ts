import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PathPattern, Template } from "../src/path-template.ts";

describe("PathPattern", () => {
  test.each([
    ["input/{name}", "input", "a/b c#?.txt", { name: "a/b c#?.txt" }],
    ["input/{name}", "INPUT", "a", { name: "a" }],
    ["input/{name}.{extension}", "input", "a.b.txt", { name: "a.b", extension: "txt" }],
    ["input/{folder}/{name}.txt", "input", "x/y/z.txt", { folder: "x/y", name: "z" }],
    ["input/fixed.txt", "input", "fixed.txt", {}],
    ["input", "input", "anything/at all", {}],
    ["input/{{2024}}-{name}", "input", "{2024}-a", { name: "a" }],
    ["input/a+(b).{name}", "input", "a+(b).c", { name: "c" }],
    ["input/{name}", "input", "line\nbreak", { name: "line\nbreak" }],
  ])("%s takes %s/%j", (path, container, blob, expected) => {
    expect(new PathPattern(path, "here").match(container, blob)).toEqual(expected);
  });

  test.each([
    ["input/{name}", "other", "a"],
    ["input/{name}.txt", "input", "a.pdf"],
    ["input/fixed.txt", "input", "Fixed.txt"],
    ["input/a.b", "input", "axb"],
  ])("%s does not take %s/%s", (path, container, blob) => {
    expect(new PathPattern(path, "here").match(container, blob)).toBeUndefined();
  });

  test.each(["ab/{name}", "In_put/{name}", "input/{name", "input/{a.b}", "input/}x", "input/{}"])(
    "%s is refused",
    (path) => {
      expect(() => new PathPattern(path, "here")).toThrow(/^here: /);
    },
  );

  test("what a pattern takes apart, a template puts together again", () => {
    const pattern = new PathPattern("input/{folder}/{name}.txt", "here");
    const template = new Template("{folder}/{name}.txt", "here");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (folder, name) => {
        const blob = `${folder}/${name}.txt`;
        const values = pattern.match("input", blob) ?? {};
        expect(template.render(values, { now: 0, functionName: "f" })).toBe(blob);
      }),
    );
  });
});

describe("Template", () => {
  const system = { now: Date.parse("2026-01-02T03:04:05.678Z"), functionName: "copy" };
  const render = (text: string, values: Record<string, unknown> = {}): string =>
    new Template(text, "here").render(values, system);

  test.each([
    ["out/{name}.json", "out/a.json"],
    ["out/{NAME}", "out/a"],
    ["{metadata.author}/{count}", "me/3"],
    ["{datetime}", "2026-01-02T03:04:05Z"],
    ["{sys.methodname}", "copy"],
    ["{{name}}", "{name}"],
  ])("%s becomes %s", (text, expected) => {
    expect(render(text, { name: "a", count: 3, metadata: { author: "me" } })).toBe(expected);
  });

  test("{rand-guid} differs every time", () => {
    expect(render("{rand-guid}")).toMatch(/^[\da-f-]{36}$/);
    expect(render("{rand-guid}")).not.toBe(render("{rand-guid}"));
  });

  test("a parameter without a value is named, with those that have one", () => {
    expect(() => render("out/{nmae}", { name: "a" })).toThrow(
      'here: {nmae} in "out/{nmae}" has no value (known: name).',
    );
  });

  test("a format is refused", () => {
    expect(() => render("{datetime:yyyy}")).toThrow(/format/);
  });
});
