import * as z from "zod";
import { findHealthEntities } from "./health/find-entities.ts";
import { findRelations } from "./health/relations.ts";
import { defineCustom, stringIndexType } from "./kind.ts";
import { CUSTOM_LANGUAGES } from "./languages.ts";

/** The prebuilt health answer and the entities of a health project in one list, each saying which component found it. */
export const customHealthcare = defineCustom({
  kind: "CustomHealthcare",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze({ text }, model) {
    const own = model.type === "tagger" ? model.tag(text) : [];
    const prebuilt = findHealthEntities(text, { temporality: true });
    const relations = findRelations(text, prebuilt);
    const entities = [
      ...prebuilt.map((entity) => ({
        ...entity,
        entityComponentInformation: [{ entityComponentKind: "PrebuiltComponent", value: entity.category }],
      })),
      ...own.map(({ components, ...entity }) => ({ ...entity, entityComponentInformation: components })),
    ];
    return { entities, relations };
  },
});
