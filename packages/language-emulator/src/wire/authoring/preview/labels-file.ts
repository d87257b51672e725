import { posix } from "node:path";
import { type ProjectAssets, type ProjectKind, projectAssets } from "../../../projects/project-file.ts";
import { LABEL_FORMATS, type TaggedDocument, type Tags } from "./label-formats.ts";

/**
 * Reads the labels file of the preview of 2021, in each form that it was documented in, as labels of the current
 * generation. Locations in it are relative to the file, as documented.
 * @param path of the file in the container
 * @throws Error that says what is wrong with the file
 */
export function readLabelsFile(text: string, path: string, kind: ProjectKind): ProjectAssets {
  const tags = parseTags(text);
  const wanted = kind === "CustomEntityRecognition" ? "entities" : "classes";
  if (tags.marks !== wanted) throw new Error(`it labels ${tags.marks}, but the project needs ${wanted}`);
  const categories = tags.categories.map((category) => ({ category }));
  const documents = tags.documents.map((document) => {
    const { language } = document;
    const place = posix.join(posix.dirname(path), document.location);
    return { location: place, ...(language === undefined ? {} : { language }), ...labelsOf(document, kind) };
  });
  const lists = wanted === "entities" ? { entities: categories } : { classes: categories };
  const parsed = projectAssets.safeParse({ projectKind: kind, ...lists, documents });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

function labelsOf({ location, classes, regions }: TaggedDocument, kind: ProjectKind): object {
  switch (kind) {
    case "CustomSingleLabelClassification": {
      if (classes.length > 1) throw new Error(`'${location}' has more than one class`);
      const [category] = classes;
      return category === undefined ? {} : { class: { category } };
    }
    case "CustomMultiLabelClassification":
      return { classes: classes.map((category) => ({ category })) };
    default:
      return { entities: regions };
  }
}

function parseTags(text: string): Tags {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  const fields = typeof file === "object" && file !== null ? Object.keys(file) : [];
  const format = fields.map((field) => LABEL_FORMATS[field]).find((found) => found !== undefined);
  if (format === undefined) throw new Error(`it has none of ${Object.keys(LABEL_FORMATS).join(", ")}`);
  const parsed = format.safeParse(file);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Error(`${at}${issue?.message ?? "invalid"}`);
}
