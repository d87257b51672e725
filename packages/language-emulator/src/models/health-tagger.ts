import { findHealthEntities } from "../kinds/health/find-entities.ts";
import type { ComposedEntity } from "../projects/project-file.ts";
import { spanOf, termPattern } from "../text/segments.ts";
import type { TaggedEntity } from "./model.ts";
import { type MarkedText, trainTagger } from "./tagger.ts";

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
