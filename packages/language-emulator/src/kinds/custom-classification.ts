import * as z from "zod";
import { defineCustom, type Kind, type TaskKind } from "./kind.ts";
import { CUSTOM_LANGUAGES } from "./languages.ts";

/** Classes of a trained project. Both kinds answer with an array named `class`; for several labels it may be empty. */
function classification(kind: TaskKind): Kind {
  return defineCustom({
    kind,
    languages: CUSTOM_LANGUAGES,
    parameters: z.object({}),
    analyze: ({ text }, model) => ({ class: model.type === "classifier" ? model.classify(text) : [] }),
  });
}

export const customSingleLabelClassification = classification("CustomSingleLabelClassification");
export const customMultiLabelClassification = classification("CustomMultiLabelClassification");
