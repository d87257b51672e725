import * as z from "zod";
import { type Span, stableUuid, withoutOverlaps } from "../text.ts";
import { type FORMS, findForm, findNames } from "./gazetteer.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { ENTITY_LANGUAGES, LINKING_LANGUAGES } from "./languages.ts";

interface Found extends Span {
  category: string;
  subcategory?: string;
  confidenceScore: number;
}

type Form = keyof typeof FORMS;

const CATEGORIES: Readonly<Partial<Record<Form, { category: string; subcategory?: string }>>> = {
  Email: { category: "Email" },
  URL: { category: "URL" },
  PhoneNumber: { category: "PhoneNumber" },
  IPAddress: { category: "IPAddress" },
  Date: { category: "DateTime", subcategory: "Date" },
  Time: { category: "DateTime", subcategory: "Time" },
  Duration: { category: "DateTime", subcategory: "Duration" },
  Currency: { category: "Quantity", subcategory: "Currency" },
  Percentage: { category: "Quantity", subcategory: "Percentage" },
};

function findEntities(text: string): Found[] {
  const named = findNames(text).map(({ text: name, offset, length, category, type }) => ({
    text: name,
    offset,
    length,
    category,
    ...(type === undefined ? {} : { subcategory: type }),
    confidenceScore: 0.96,
  }));
  const formed = Object.entries(CATEGORIES).flatMap(([form, category]) =>
    findForm(text, form as Form).map((span) => ({ ...span, ...category, confidenceScore: 0.8 })),
  );
  return [...named, ...formed];
}

/** Names of people, places and organisations, dates, quantities, addresses. */
export const entityRecognition = definePrebuilt({
  kind: "EntityRecognition",
  languages: ENTITY_LANGUAGES,
  modelVersions: ["2020-04-01", "2021-01-15", "2021-06-01", "2023-02-01-preview", "2023-09-01"],
  parameters: z.object({
    stringIndexType,
    inclusionList: z.array(z.string()).optional(),
    exclusionList: z.array(z.string()).optional(),
    overlapPolicy: z.object({ policyKind: z.enum(["matchLongest", "allowOverlap"]) }).optional(),
    inferenceOptions: z.object({ excludeNormalizedValues: z.boolean().default(false) }).optional(),
  }),
  analyze({ text }, { inclusionList, exclusionList, overlapPolicy, inferenceOptions }, { enriched }) {
    const all = findEntities(text).toSorted((a, b) => a.offset - b.offset || b.length - a.length);
    if (!enriched) return { entities: withoutOverlaps(all) };
    const wanted = (entity: Found): boolean => {
      const labels = [entity.category, entity.subcategory];
      return (
        (inclusionList === undefined || labels.some((label) => label !== undefined && inclusionList.includes(label))) &&
        !labels.some((label) => label !== undefined && exclusionList?.includes(label))
      );
    };
    const kept = overlapPolicy?.policyKind === "allowOverlap" ? all : withoutOverlaps(all);
    const entities = kept.filter(wanted).map((entity) => ({
      ...entity,
      type: entity.subcategory ?? entity.category,
      tags: [...new Set([entity.category, entity.subcategory ?? entity.category])].map((name) => ({
        name,
        confidenceScore: entity.confidenceScore,
      })),
      ...(inferenceOptions?.excludeNormalizedValues ? {} : metadata(entity)),
    }));
    return { entities };
  },
});

function metadata(entity: Found): { metadata?: object } {
  if (entity.subcategory !== "Date" || !/^\d{4}-/.test(entity.text)) return {};
  return { metadata: { metadataKind: "DateMetadata", dates: [{ timex: entity.text, value: entity.text }] } };
}

/** Known names with the article that each stands for; several mentions of one thing are one entity. */
export const entityLinking = definePrebuilt({
  kind: "EntityLinking",
  languages: LINKING_LANGUAGES,
  modelVersions: ["2020-02-01", "2021-06-01"],
  parameters: z.object({ stringIndexType }),
  analyze({ text }) {
    const byArticle = new Map<string, { text: string; offset: number; length: number; confidenceScore: number }[]>();
    for (const { text: name, offset, length, article } of findNames(text).toSorted((a, b) => a.offset - b.offset)) {
      if (article === undefined) continue;
      const matches = byArticle.get(article) ?? [];
      matches.push({ text: name, offset, length, confidenceScore: name === article ? 0.9 : 0.7 });
      byArticle.set(article, matches);
    }
    const entities = [...byArticle].map(([name, matches]) => ({
      bingId: stableUuid(`article ${name}`),
      name,
      matches,
      language: "en",
      id: name,
      url: `https://en.wikipedia.org/wiki/${encodeURIComponent(name.replaceAll(" ", "_"))}`,
      dataSource: "Wikipedia",
    }));
    return { entities };
  },
});
