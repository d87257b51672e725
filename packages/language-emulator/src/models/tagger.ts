import { findHealthEntities } from "../kinds/health/find-entities.ts";
import type { ComposedEntity } from "../projects/project-file.ts";
import { escapePattern, type Span, spanOf, termPattern, withoutOverlaps } from "../text.ts";
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

/**
 * Trains the tagger of a health project: entities learned from labels, looked up in lists, or taken over from the
 * prebuilt health model; with `combineComponents` the same place found in several ways is one entity. What the
 * prebuilt model finds beside that is added by the kind.
 */
export function trainHealthTagger(
  entities: readonly ComposedEntity[],
  texts: readonly MarkedText[],
): (text: string) => TaggedEntity[] {
  const learned = trainTagger(texts);
  const combined = new Set(
    entities.filter(({ compositionSetting }) => compositionSetting === "combineComponents").map((e) => e.category),
  );
  return (text) => {
    const merged: TaggedEntity[] = [];
    for (const entity of [...learned(text), ...entities.flatMap((definition) => composed(definition, text))]) {
      const same = merged.findIndex(
        (other) =>
          other.offset === entity.offset && other.length === entity.length && other.category === entity.category,
      );
      const first = merged[same];
      if (first === undefined || !combined.has(entity.category)) merged.push(entity);
      else merged[same] = { ...first, components: [...first.components, ...entity.components] };
    }
    return merged.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  };
}

function composed({ category, list, prebuilts }: ComposedEntity, text: string): TaggedEntity[] {
  const listed = (list?.sublists ?? []).flatMap(({ listKey, synonyms }) =>
    [...new Set([listKey, ...synonyms.flatMap(({ values }) => values)])].flatMap((value) =>
      [...text.matchAll(termPattern(value))].map((match) => ({
        ...spanOf(text, match.index, match.index + match[0].length),
        category,
        confidenceScore: 1,
        components: [{ entityComponentKind: "ListComponent" as const, value: listKey }],
      })),
    ),
  );
  const wanted = new Set((prebuilts ?? []).map((prebuilt) => prebuilt.category));
  const taken = findHealthEntities(text, { temporality: false })
    .filter((entity) => wanted.has(entity.category))
    .map(({ text: found, offset, length, confidenceScore, category: value }) => ({
      text: found,
      offset,
      length,
      category,
      confidenceScore,
      components: [{ entityComponentKind: "PrebuiltComponent" as const, value }],
    }));
  return [...listed, ...taken];
}
