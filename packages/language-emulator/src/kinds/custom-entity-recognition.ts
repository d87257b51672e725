import * as z from "zod";
import { defineCustom, stringIndexType } from "./kind.ts";
import { CUSTOM_LANGUAGES } from "./languages.ts";

/** Entities of a trained project. */
export const customEntityRecognition = defineCustom({
  kind: "CustomEntityRecognition",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze({ text }, model) {
    const found = model.type === "tagger" ? model.tag(text) : [];
    return {
      entities: found.map(({ text: name, category, offset, length, confidenceScore }) => ({
        text: name,
        category,
        offset,
        length,
        confidenceScore,
      })),
    };
  },
});
