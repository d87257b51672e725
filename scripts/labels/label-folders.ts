import { copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import { checkLabels } from "../../src/lib/labels/check-labels.ts";
import { type Labels, LabelsProblems } from "../../src/lib/labels/labels.ts";
import { type FolderKind, labelsFromFolders, rootName } from "../../src/lib/labels/labels-from-folders.ts";
import type { LabelRules } from "../../src/lib/labels/limits.ts";
import { textsInFolder } from "./texts-in-folder.ts";

/** Texts copied at once. */
const AT_ONCE = 16;

/**
 * Makes labels from the folders in which texts lie, and checks them and the texts.
 * @param copyTo a folder that receives the texts under the names that the labels give them; only when nothing is wrong
 * @throws Error whose message is for the person at the terminal
 */
export async function labelFolders(
  path: string,
  rules: LabelRules,
  copyTo: string | undefined,
): Promise<{ labels: Labels; problems: LabelsProblems }> {
  if (!rules.kind.endsWith("Classification")) throw new Error(`Folders cannot label a ${rules.kind}`);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`There is no folder ${path}`);
  const texts = textsInFolder(path);
  const problems = new LabelsProblems(path);
  const labels = await labelsFromFolders(texts.list(), rules.kind as FolderKind, problems);
  await checkLabels(labels, { ...rules, atRoot: false }, problems, texts);
  if (problems.hasErrors) return { labels, problems };
  if (copyTo !== undefined) await copyTexts(labels, path, copyTo);
  // Authoring v1.0-preview.2 reads texts in folders.
  const keepsPaths = rules.wire === "preview" && copyTo === undefined;
  return { labels: keepsPaths ? labels : atRoot(labels), problems };
}

function atRoot(labels: Labels): Labels {
  const documents = labels.documents.map((document) => ({ ...document, location: rootName(document.location) }));
  return { ...labels, documents };
}

async function copyTexts({ documents }: Labels, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await pMap(documents, ({ location }) => copyFile(join(from, location), join(to, rootName(location))), {
    concurrency: AT_ONCE,
  });
}
