import { decodeDocument } from "../decode-document.ts";
import { DocumentError } from "../document.ts";
import type { Extracted, Source } from "./format.ts";
import { textTooLong } from "./refusals.ts";

/** Reads the text that stands in one place of a JSON file: a string, or a list of strings, which become lines. */
export async function readJson({ bytes, name, contentType, settings, limits }: Source): Promise<Extracted> {
  const { text: source, encoding } = decodeDocument(bytes, { name, contentType, encoding: settings.encoding });
  const place = settings.jsonText ?? "";
  const text = lines(valueAt(parse(source), place), place)
    .toWellFormed()
    .replaceAll("\0", "");
  if (text.length > limits.characters) throw textTooLong(limits);
  if (text.trim() === "") throw empty(place);
  return { text, encoding };
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new DocumentError({
      code: "DocumentDamaged",
      message: "The document's name says that it is JSON, but it cannot be read as JSON",
      hint: "Repair it, or give it a name that ends in .txt if its text is to be analysed as it stands; then upload it again.",
    });
  }
}

/** @param place a JSON pointer (RFC 6901), or the name of a field of the outermost object */
function valueAt(json: unknown, place: string): unknown {
  const steps = place.startsWith("/")
    ? place
        .slice(1)
        .split("/")
        .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    : [place];
  let value = json;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      throw missing(`The document has no "${place}", where its text is to be`, place);
    }
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function lines(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join("\n");
  throw missing(`The document's "${place}" is neither a text nor a list of texts`, place);
}

const hintFor = (place: string): string =>
  `The pipeline's json.text names "${place}". Correct it if it is wrong, then redrive the document; or repair the document and upload it again.`;

function missing(message: string, place: string): DocumentError {
  return new DocumentError({ code: "MissingField", message, hint: hintFor(place) });
}

function empty(place: string): DocumentError {
  return new DocumentError({
    code: "EmptyDocument",
    message: `The document's "${place}" holds no text`,
    hint: hintFor(place),
  });
}
