import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mark, markText, type Span } from "../../src/page/marks.ts";

type Node = string | Mark;

const plain = (nodes: readonly Node[]): string =>
  nodes.map((node) => (typeof node === "string" ? node : plain(node.children))).join("");

/** For each character which marks are around it. */
function around(nodes: readonly Node[], marks: readonly string[] = []): string[][] {
  return nodes.flatMap((node) =>
    typeof node === "string"
      ? [...Array(node.length)].map(() => [...marks])
      : around(node.children, [...marks, node.span.id]),
  );
}

const spansOf = (most: number) =>
  fc
    .array(fc.record({ offset: fc.integer({ min: -5, max: 60 }), length: fc.integer({ min: -2, max: 30 }) }), {
      maxLength: most,
    })
    .map((all) => all.map((each, index): Span => ({ ...each, id: `m${index}`, label: "L" })));

describe("markText", () => {
  it("keeps every character of the text, and puts each in all marks that cover it", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 50, unit: "binary" }),
        fc.integer({ min: 0, max: 20 }),
        spansOf(8),
        (text, from, spans) => {
          const nodes = markText(text, from, spans);
          expect(plain(nodes)).toBe(text);
          const found = around(nodes).map((ids) => ids.toSorted());
          const wanted = [...Array(text.length)].map((_, index) =>
            spans
              .filter(({ offset, length }) => offset <= from + index && from + index < offset + length)
              .map(({ id }) => id)
              .toSorted(),
          );
          expect(found).toEqual(wanted);
        },
      ),
    );
  });

  it("gives each mark its id once: what goes on after a crossing, or from before the text, is a continuation", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.integer({ min: 0, max: 20 }), spansOf(8), (text, from, spans) => {
        const begun: string[] = [];
        const collect = (nodes: readonly Node[]): void => {
          for (const node of nodes) {
            if (typeof node === "string") continue;
            if (!node.continued) begun.push(node.span.id);
            collect(node.children);
          }
        };
        collect(markText(text, from, spans));
        expect(new Set(begun).size).toBe(begun.length);
        for (const { id, offset, length } of spans) {
          const begins = length > 0 && offset >= from && offset < from + text.length;
          expect(begun.includes(id)).toBe(begins);
        }
      }),
    );
  });

  it("stays small however many marks cover the same words", () => {
    const spans = Array.from(
      { length: 50_000 },
      (_, index): Span => ({ id: `${index}`, offset: index % 500, length: 400, label: "L" }),
    );
    const nodes = markText("x".repeat(1_000), 0, spans);
    expect(plain(nodes)).toBe("x".repeat(1_000));
    expect(JSON.stringify(nodes).length).toBeLessThan(2_000_000);
  });
});
