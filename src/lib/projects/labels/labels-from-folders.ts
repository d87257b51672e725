import type { ProjectKind } from "../../language/authoring/project-kind.ts";
import type { LabelledDocument, Labels } from "./labels.ts";
import type { LabelsProblems } from "./labels-problems.ts";
import { rootName } from "./root-name.ts";

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
