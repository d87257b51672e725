import { MAX_TRAINING_CHARACTERS } from "../../limits.ts";
import { countTextElements } from "../../text/text-elements.ts";
import type { ProjectAssets } from "../project-file.ts";

/** How many problems a refusal names. */
const NAMED = 5;

/** What is wrong with the texts that a project labels, in words; undefined when nothing is. */
export function textsProblem(assets: ProjectAssets, texts: ReadonlyMap<string, string>): string | undefined {
  const ends = labelEnds(assets);
  const furthestLabel = (location: string): number => ends.get(location) ?? 0;
  const problems = assets.documents.flatMap((document) => {
    const text = texts.get(document.location) ?? "";
    if (text.trim() === "") return [`'${document.location}' is empty`];
    if (countTextElements(text) > MAX_TRAINING_CHARACTERS) {
      return [`'${document.location}' is longer than ${MAX_TRAINING_CHARACTERS} characters`];
    }
    return furthestLabel(document.location) > text.length ? [`'${document.location}' has labels outside its text`] : [];
  });
  if (problems.length === 0) return undefined;
  const more = problems.length > NAMED ? `, and ${problems.length - NAMED} more` : "";
  return `Documents that cannot be used: ${problems.slice(0, NAMED).join(", ")}${more}.`;
}

/** Where the last label of each document ends, by location, for the kinds that label places. */
function labelEnds(assets: ProjectAssets): Map<string, number> {
  if (assets.projectKind !== "CustomEntityRecognition" && assets.projectKind !== "CustomHealthcare") return new Map();
  return new Map(
    assets.documents.map(({ location, entities }) => {
      const ends = entities.flatMap(({ labels }) => labels.map(({ offset, length }) => offset + length));
      return [location, Math.max(0, ...ends)];
    }),
  );
}
