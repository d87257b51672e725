import * as z from "zod";
import { stableUuid } from "../text/hash.ts";
import { findNames } from "./gazetteer.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { LINKING_LANGUAGES } from "./languages.ts";

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
