import { dirname, join, normalize } from "node:path/posix";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { DocumentError } from "../document.ts";
import type { Extracted, ExtractionLimits, Source } from "./format.ts";
import { damaged, emptyFile, nestedTooDeep, tooManyPages } from "./refusals.ts";
import { TextWriter } from "./text-writer.ts";
import { refuseDeclarations, unpack } from "./zip.ts";

const WHAT = "a PowerPoint presentation (.pptx)";
const PRESENTATION = "ppt/presentation.xml";
const PARTS = /^ppt\/(?:presentation\.xml|_rels\/presentation\.xml\.rels|(?:slides|notesSlides)\/.*\.(?:xml|rels))$/i;
/** Placeholders that repeat on every slide, and the picture of the slide in its notes. */
const REPEATED: ReadonlySet<string> = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);

type Parts = ReadonlyMap<string, Buffer>;

/** Reads a presentation: the text of each slide in the order of its shapes, tables row by row, then its notes. */
export async function readPptx({ bytes, limits }: Source): Promise<Extracted> {
  const parts = await unpack(bytes, WHAT, limits, (name) => PARTS.test(name));
  refuseDeclarations(parts, WHAT);
  const slides = slidesOf(parts, limits);
  if (slides.length > limits.pages) throw tooManyPages(slides.length, limits);
  const writer = new TextWriter(limits);
  const pages: number[] = [];
  for (const slide of slides) {
    writer.paragraph();
    writer.mark(pages);
    writeSlide(writer, parts.get(slide), limits);
    const notes = relationsOf(parts, slide, limits).find(({ type }) => type.endsWith("/notesSlide"))?.target;
    writer.paragraph();
    if (notes !== undefined) writeSlide(writer, parts.get(notes), limits);
  }
  const text = writer.end();
  if (text.trim() === "") throw emptyFile(WHAT);
  return { text, pages };
}

/** The slides in their order, hidden ones too: somebody wrote them. */
function slidesOf(parts: Parts, limits: ExtractionLimits): string[] {
  const targets = new Map(relationsOf(parts, PRESENTATION, limits).map(({ id, target }) => [id, target]));
  const slides: string[] = [];
  parse(parts.get(PRESENTATION), limits, {
    open: (name, { attributes }) => {
      if (name !== "sldId") return;
      const target = targets.get(attributes["r:id"] ?? "");
      if (target !== undefined && parts.has(target)) slides.push(target);
    },
  });
  return slides;
}

interface Relation {
  id: string;
  type: string;
  /** Name of the part. */
  target: string;
}

function relationsOf(parts: Parts, part: string, limits: ExtractionLimits): Relation[] {
  const folder = dirname(part);
  const relations: Relation[] = [];
  const rels = parts.get(join(folder, "_rels", `${part.slice(folder.length + 1)}.rels`));
  if (rels === undefined) return relations;
  parse(rels, limits, {
    open: (name, { attributes: { Id: id = "", Type: type = "", Target: target = "" } }) => {
      if (name !== "Relationship") return;
      relations.push({ id, type, target: target.startsWith("/") ? target.slice(1) : normalize(join(folder, target)) });
    },
  });
  return relations;
}

function writeSlide(writer: TextWriter, content: Buffer | undefined, limits: ExtractionLimits): void {
  let inText = false;
  let repeated = false;
  let cells: number | undefined;
  let fresh = false;
  parse(content, limits, {
    open: (name, { attributes }) => {
      if (name === "sp") repeated = false;
      if (name === "ph" && REPEATED.has(attributes.type ?? "")) repeated = true;
      if (name === "t") inText = true;
      if (name === "br") writer.lineBreak();
      if (name === "tr") cells = 0;
      if (name === "tc" && cells !== undefined) {
        if (cells++ > 0) writer.cell();
        fresh = cells > 1;
      }
      if (name === "p" && !fresh) writer.line();
    },
    text: (text) => {
      if (!inText || repeated) return;
      writer.verbatim(text);
      fresh = false;
    },
    close: (name) => {
      if (name === "t") inText = false;
      if (name === "sp" || name === "graphicFrame") writer.paragraph();
      if (name === "tr") {
        fresh = false;
        cells = undefined;
        writer.line();
      }
    },
  });
}

interface Handlers {
  /** @param name without its prefix */
  open(name: string, tag: SaxesTagPlain): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Reads XML as a stream of tags: no tree, no entities but the five of XML. */
function parse(content: Buffer | undefined, limits: ExtractionLimits, handlers: Handlers): void {
  if (content === undefined) throw damaged(WHAT, "one that lacks a part of itself");
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  const local = (name: string) => name.slice(name.indexOf(":") + 1);
  let depth = 0;
  parser.on("error", () => {
    throw damaged(WHAT);
  });
  parser.on("opentag", (tag) => {
    if (++depth > limits.nesting) throw nestedTooDeep(limits);
    handlers.open(local(tag.name), tag);
  });
  parser.on("text", (text) => handlers.text?.(text));
  parser.on("closetag", ({ name }) => {
    depth--;
    handlers.close?.(local(name));
  });
  try {
    parser.write(content.toString("utf8")).close();
  } catch (error) {
    throw error instanceof DocumentError ? error : damaged(WHAT);
  }
}
