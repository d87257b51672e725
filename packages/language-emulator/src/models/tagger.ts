import { escapePattern, type Span, spanOf, withoutOverlaps } from "../text/segments.ts";
import type { TaggedEntity } from "./model.ts";

/** A training text and the entities marked in it. */
export interface MarkedText {
  text: string;
  entities: readonly { category: string; offset: number; length: number }[];
}

interface Rule {
  category: string;
  pattern: RegExp;
  confidenceScore: number;
}

const SEEN = 0.98;
const GENERALISED = 0.87;
const FROM_CONTEXT = 0.74;
const PARTS = /\p{N}+|\p{Lu}+(?![\p{Ll}\p{M}])|[\p{L}\p{M}]+|\s+|./gu;
const BOUNDARY = { before: "(?<![\\p{L}\\p{M}\\p{N}_]|[\\p{L}\\p{N}]-)", after: "(?![\\p{L}\\p{M}\\p{N}_])" };

function parts(text: string): string[] {
  return text.match(PARTS) ?? [];
}

/** A name made general: digits and capitalised words by their shape, other words and those in `fixed` as they are. */
function generalise(name: string, fixed: ReadonlySet<string>): { pattern: string; specific: boolean } {
  let specific = false;
  const pattern = parts(name).map((part) => {
    if (/^\p{N}/u.test(part)) {
      specific = true;
      return "\\p{N}+";
    }
    if (/^\s/u.test(part)) return "[^\\S\\r\\n]+";
    if (fixed.has(part) || /^\p{Ll}/u.test(part)) {
      specific = true;
      return escapePattern(part);
    }
    if (/^\p{Lu}+$/u.test(part)) return "\\p{Lu}+";
    if (/^\p{Lu}/u.test(part)) return "\\p{Lu}[\\p{Ll}\\p{M}]+";
    return escapePattern(part);
  });
  return { pattern: pattern.join(""), specific };
}

/** Parts that several names of one category share: they are the category's own words ("Team", "ERR", "minutes"). */
function sharedParts(names: ReadonlySet<string>): Set<string> {
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const part of new Set(parts(name))) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return new Set([...counts].filter(([part, count]) => count > 1 && /\p{L}/u.test(part)).map(([part]) => part));
}

function learn(texts: readonly MarkedText[]): Rule[] {
  const names = new Map<string, Set<string>>();
  const contexts = new Map<string, Set<string>>();
  for (const { text, entities } of texts) {
    for (const { category, offset, length } of entities) {
      const before = /([\p{L}\p{M}]+)\s+$/u.exec(text.slice(Math.max(0, offset - 40), offset))?.[1];
      names.set(category, (names.get(category) ?? new Set()).add(text.slice(offset, offset + length)));
      if (before !== undefined) contexts.set(category, (contexts.get(category) ?? new Set()).add(before));
    }
  }
  const rules = new Map<string, Rule>();
  const add = (category: string, confidenceScore: number, source: string): void => {
    const key = `${category} ${source}`;
    if (!rules.has(key)) rules.set(key, { category, confidenceScore, pattern: new RegExp(source, "gu") });
  };
  for (const [category, seen] of names) {
    for (const name of seen) add(category, SEEN, BOUNDARY.before + escapePattern(name) + BOUNDARY.after);
    const fixed = sharedParts(seen);
    const before = [...(contexts.get(category) ?? [])].map(escapePattern).join("|");
    for (const name of seen) {
      const { pattern, specific } = generalise(name, fixed);
      if (specific) add(category, GENERALISED, BOUNDARY.before + pattern + BOUNDARY.after);
      else if (before !== "")
        add(category, FROM_CONTEXT, `(?<=(?<![\\p{L}\\p{M}])(?:${before})\\s)${pattern}${BOUNDARY.after}`);
    }
  }
  return [...rules.values()];
}

/** Trains a tagger: names seen in training, names of the same make, and names in the place where others stood. */
export function trainTagger(texts: readonly MarkedText[]): (text: string) => TaggedEntity[] {
  const rules = learn(texts).toSorted((a, b) => b.confidenceScore - a.confidenceScore);
  return (text) => {
    const found: (Span & { category: string; confidenceScore: number })[] = [];
    for (const { category, confidenceScore, pattern } of rules) {
      for (const match of text.matchAll(pattern)) {
        found.push({ ...spanOf(text, match.index, match.index + match[0].length), category, confidenceScore });
      }
    }
    return withoutOverlaps(found).map((entity) => ({
      ...entity,
      components: [{ entityComponentKind: "LearnedComponent", value: `${entity.category}.Learned` }],
    }));
  };
}
