import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordName } from "../../../src/lib/documents/document.ts";

/** Names made of what could go wrong, so that near misses are common. */
const names = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        "a",
        "/",
        ".",
        "..",
        "\\",
        "%",
        "%2E",
        "%2F",
        "%25",
        "2E",
        "~",
        "%~",
        "%u",
        "D800",
        "\ud800",
        "\n",
        " ",
        "ü",
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.tuple(fc.constantFrom("x/", "long", "."), fc.integer({ min: 900, max: 1100 })).map(([part, n]) => part.repeat(n)),
);

describe("recordName", () => {
  it.each([
    ["a.txt", "tickets/a.txt.json"],
    ["tickets/2024/a b.txt", "tickets/tickets/2024/a b.txt.json"],
    ["日本語/Üben & #?%.txt", "tickets/日本語/Üben & #?%.txt.json"],
    ["100% sure.txt", "tickets/100% sure.txt.json"],
    ["../other/a.txt", "tickets/%2E%2E/other/a.txt.json"],
    ["a/./b/..", "tickets/a/%2E/b/%2E%2E.json"],
    ["a//b", "tickets/a/%2Fb.json"],
    ["/a/", "tickets/%2Fa%2F.json"],
    ["notes.", "tickets/notes%2E.json"],
    [".hidden/..b", "tickets/.hidden/..b.json"],
    ["a\\..\\b", "tickets/a%5C..%5Cb.json"],
    ["tab\there\u0085", "tickets/tab%09here%C2%85.json"],
    ["%2E%2E/a", "tickets/%252E%252E/a.json"],
    ["%2e%2e/a", "tickets/%2e%2e/a.json"],
  ])("names %s %s", (documentName, expected) => {
    expect(recordName("tickets", documentName)).toBe(expected);
  });

  it("never gives two documents the same record", () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 2, maxLength: 50 }), (all) => {
        expect(new Set(all.map((name) => recordName("p", name))).size).toBe(all.length);
      }),
    );
  });

  it("can be read back, which no ambiguous escape would survive", () => {
    fc.assert(
      fc.property(names, (documentName) => {
        const name = recordName("p", documentName);
        fc.pre(!name.includes("%~"));
        const escapes = /%u([0-9A-F]{4})|((?:%[0-9A-F]{2})+)/g;
        const read = name.slice("p/".length, -".json".length).replace(escapes, (_, half, bytes) => {
          if (half !== undefined) return String.fromCharCode(Number.parseInt(half, 16));
          return Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8");
        });
        expect(read).toBe(documentName);
      }),
      { numRuns: 2000 },
    );
  });

  it("never leaves the pipeline's folder, and is a name the storage service takes", () => {
    fc.assert(
      fc.property(names, (documentName) => {
        const name = recordName("tickets", documentName);
        const url = new URL("https://account.blob.core.windows.net/");
        url.pathname = `/results/${name.split("/").map(encodeURIComponent).join("/")}`;
        expect(decodeURIComponent(url.pathname)).toBe(`/results/${name}`);
        expect(name.startsWith("tickets/")).toBe(true);
        expect(name.length).toBeLessThanOrEqual(1024);
        const segments = name.split("/");
        expect(segments.length).toBeLessThanOrEqual(254);
        for (const segment of segments) expect(segment).toMatch(/^[^\\\p{Cc}\p{Cs}]*[^\\\p{Cc}\p{Cs}.]$/u);
      }),
      { numRuns: 2000 },
    );
  });

  it("shortens a name that is too long and keeps its readable beginning", () => {
    const long = `reports/${"x".repeat(1016)}`;
    expect(recordName("tickets", long)).toMatch(/^tickets\/reports\/x{900,}%~[0-9a-f]{64}\.json$/);
    expect(recordName("tickets", long)).toHaveLength(1024);
    expect(recordName("tickets", "d/".repeat(300))).toMatch(/^tickets\/(d\/){252}d%~[0-9a-f]{64}\.json$/);
  });

  it("keeps a document apart whose own name is a shortened one", () => {
    const long = "x".repeat(1024);
    const forged = recordName("p", long).slice("p/".length, -".json".length);
    expect(recordName("p", forged)).not.toBe(recordName("p", long));
  });
});
