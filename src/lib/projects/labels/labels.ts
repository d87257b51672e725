import type { ProjectKind } from "../../language/authoring/project-kind.ts";

/** Where something stands in a labels file. */
export type JsonPath = readonly (string | number)[];

/**
 * What a labels file says, in one shape for all its formats. Values are as the file has them: `check-labels.ts` judges
 * them. Offsets and lengths are UTF-16 code units of the whole text.
 */
export interface Labels {
  kind: ProjectKind;
  categories: readonly Category[];
  documents: readonly LabelledDocument[];
}

/** A class or an entity. */
export interface Category {
  at: JsonPath;
  name: string;
  /** What the assets format says of it besides (`description`, `list`, `prebuilts`, …), kept for the import. */
  more: Readonly<Record<string, unknown>>;
}

export interface LabelledDocument {
  at: JsonPath;
  /** Name of the text in the training container. */
  location: string;
  /** Absent: the project's. */
  language?: string | undefined;
  /** `Train` or `Test`. */
  dataset?: string | undefined;
  /** Its classes, by name. */
  classes: readonly { at: JsonPath; category: string }[];
  /** Its entities, by the regions of the text that were labelled. */
  regions: readonly Region[];
  /** What the assets format says of it besides. */
  more: Readonly<Record<string, unknown>>;
}

/** A part of a text in which every entity is labelled; training looks at nothing outside. */
export interface Region {
  at: JsonPath;
  offset: number;
  length: number;
  labels: readonly Span[];
}

export interface Span {
  at: JsonPath;
  category: string;
  offset: number;
  length: number;
}
