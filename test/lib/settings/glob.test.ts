import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { parseGlob } from "../../../src/lib/settings/glob.ts";
import { processorMs } from "../../helpers/processor-time.ts";

function matches(glob: string, name: string): boolean | undefined {
  return parseGlob(glob)?.(name);
}

describe("parseGlob", () => {
  it.each(["**", "a/*.txt", "{a,b}/**", "!(a|b)", "[a-z]*", "a\\[1\\]", "+(a|b)c", "{a,b{c,d/**}}"])(
    "understands %s",
    (glob) => {
      expect(parseGlob(glob)).toBeTypeOf("function");
    },
  );

  it.each(["", "[a", "{a,b", "(a", "a\\", "page{1..9}.txt", "a)", "x".repeat(70_000), "(".repeat(40) + ")".repeat(40)])(
    "does not understand %.20s",
    (glob) => {
      expect(parseGlob(glob)).toBeUndefined();
    },
  );

  it.each([
    ["[!a]x", "bx", true],
    ["[!a]x", "ax", false],
    ["[^a]x", "/x", false],
    ["[]a]", "]", true],
    ["[a-c]?", "b.", true],
    ["@(a|b)?", "a.", true],
    ["@(a|b)?", "a", false],
    ["+(ab)c", "ababc", true],
    ["*(ab)c", "c", true],
    ["?(ab)c", "ababc", false],
    ["!(a|b).txt", "c.txt", true],
    ["!(a|b).txt", "a.txt", false],
    ["!(a|b).txt", "a/c.txt", false],
    ["{north,south/**}/a", "south/x/y/a", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["!a*", "b", true],
    ["!a*", "ab", false],
    ["a/*", "a/", false],
    ["a/**", "a/", true],
    ["a/**", "a", false],
    ["a**b", "a/b", false],
    ["**/b", "b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "a/b", true],
    ["a/**/b", "ab", false],
  ])("%s and %s: %s", (glob, name, expected) => {
    expect(matches(glob, name)).toBe(expected);
  });

  it("agrees with picomatch on wildcards, classes and alternatives, where names have no empty segment", () => {
    const wildcards = fc
      .array(fc.constantFrom("*", "?", "a", "b", "-", ".txt", "[ab]", "[^a]", "{a,b}", "@(a|b)x"), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => parts.join("").replace(/\*{2,}/g, "*"));
    const globs = fc
      .array(fc.oneof(wildcards, fc.constant("**")), { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join("/"))
      .filter((glob) => !glob.endsWith("/**"));
    const segment = fc.array(fc.constantFrom("a", "b", "-", "x", ".txt"), { minLength: 1, maxLength: 5 });
    const names = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map((part) => part.join("")).join("/"));
    fc.assert(
      fc.property(globs, names, (glob, name) => matches(glob, name) === picomatch.isMatch(name, glob, { dot: true })),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["*-*-*-*.txt", "-".repeat(1024)],
    ["*a*a*a*b", "a".repeat(1024)],
    ["*".repeat(500).replace(/\*/g, "*a"), "a".repeat(1024)],
    ["**/*a/**/*a/**/*a/b", "a/".repeat(512)],
    ["+(a|aa|aaa)b", "a".repeat(1024)],
    ["*(*(*(a)))b", "a".repeat(1024)],
    ["!(*a*a*b)", "a".repeat(1024)],
    ["!(!(!(a*)))c", "a".repeat(200)],
    ["{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}*b", "a".repeat(1024)],
  ])("holds %.30s against a long name at once", (glob, name) => {
    expect(processorMs(() => matches(glob, name))).toBeLessThan(2000);
  });
});
