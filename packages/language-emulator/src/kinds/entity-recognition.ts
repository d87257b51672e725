import * as z from "zod";
import { type Span, withoutOverlaps } from "../text/segments.ts";
import { type FORMS, findForm, findNames } from "./gazetteer.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { PREBUILT_LANGUAGES } from "./languages.ts";

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
  languages: PREBUILT_LANGUAGES,
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
