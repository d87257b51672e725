/** The kinds of custom projects that this application trains, by the service's own names. */
export const PROJECT_KINDS = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
  "CustomHealthcare",
] as const;

export type ProjectKind = (typeof PROJECT_KINDS)[number];

/** A kind as the service or a labels file spells it: upper and lower case are mixed freely in the documentation. */
export function readProjectKind(text: unknown): ProjectKind | undefined {
  return typeof text === "string" ? PROJECT_KINDS.find((kind) => kind.toLowerCase() === text.toLowerCase()) : undefined;
}

/** True for kinds that mark places in a text, false for those that class it as a whole. */
export function marksEntities(kind: ProjectKind): boolean {
  return kind === "CustomEntityRecognition" || kind === "CustomHealthcare";
}
