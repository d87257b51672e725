import { createHash } from "node:crypto";
import type { ProjectKind } from "../language/authoring/authoring.ts";
import type { LabelledDocument, Labels, LabelsProblems } from "./labels.ts";

/** Kinds whose labels a folder can say. */
export type FolderKind = Extract<ProjectKind, `${string}Classification`>;

/** Texts beside the folders belong to no class; so many of them are named. */
const NAMED = 20;

/**
 * Makes labels from where the texts lie: each folder at the root of the container is a class, every `.txt` below it a
 * document of that class. For a quick start; texts at the root are left out, with a warning if they are not copies of
 * texts in folders, and other files silently.
 */
export async function labelsFromFolders(
  names: AsyncIterable<string>,
  kind: FolderKind,
  problems: LabelsProblems,
): Promise<Labels> {
  const folders = new Set<string>();
  const documents: LabelledDocument[] = [];
  const homeless: string[] = [];
  for await (const location of names) {
    if (!location.toLowerCase().endsWith(".txt")) continue;
    const [folder = "", ...rest] = location.split("/");
    if (rest.length === 0 || folder === "") {
      homeless.push(location);
      continue;
    }
    folders.add(folder);
    const at = ["documents", documents.length];
    documents.push({ at, location, classes: [{ at, category: folder }], regions: [], more: {} });
  }
  const copies = new Set(documents.map(({ location }) => rootName(location)));
  for (const document of homeless.filter((name) => !copies.has(name)).slice(0, NAMED)) {
    const expected = "a folder, whose name is the class";
    problems.warning({ code: "NoFolder", at: [], document, found: "a text outside any folder", expected });
  }
  const categories = [...folders].sort().map((name, index) => ({ at: ["classes", index], name, more: {} }));
  return { kind, categories, documents };
}

/** Readable part of a copy's name, characters. */
const LONGEST_READABLE = 60;

/**
 * Name at the root of a container for a text in a folder: readable, of letters, digits and hyphens, and never the same
 * for two texts. The service asks for texts at the root and for plain names
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#document-limits).
 */
export function rootName(location: string): string {
  const readable = location
    .replace(/\.txt$/i, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, LONGEST_READABLE);
  const hash = createHash("sha256").update(location).digest("hex").slice(0, 10);
  return `${readable}-${hash}.txt`;
}
