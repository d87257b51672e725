import { Parser } from "htmlparser2";
import { decodeDocument } from "../decode-document.ts";
import type { Extracted, ExtractionLimits, Source } from "./format.ts";
import { emptyFile, nestedTooDeep } from "./refusals.ts";
import { TextWriter } from "./text-writer.ts";

/** Elements whose content is no text of the page. */
const UNSHOWN: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "svg",
  "math",
  "audio",
  "video",
  "canvas",
  "datalist",
]);
/** Elements with an empty line around them. */
const PARAGRAPHS: ReadonlySet<string> = new Set(
  "p h1 h2 h3 h4 h5 h6 blockquote pre table dl figure fieldset details title".split(" "),
);
/** Elements on lines of their own. */
const LINES: ReadonlySet<string> = new Set(
  (
    "html body div section article header footer main nav aside address form li dt dd caption thead tbody tfoot " +
    "figcaption legend summary option textarea center head dir menu"
  ).split(" "),
);
const LISTS: ReadonlySet<string> = new Set(["ul", "ol"]);
/** What a word processor would call a paragraph. */
const MARKED: ReadonlySet<string> = new Set("p li h1 h2 h3 h4 h5 h6".split(" "));
const CELLS: ReadonlySet<string> = new Set(["td", "th"]);
/** They have no end tag (html.spec.whatwg.org, "void elements"). */
const VOID: ReadonlySet<string> = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

/** Reads a web page. */
export async function readHtml({ bytes, name, contentType, settings, limits }: Source): Promise<Extracted> {
  const { text: markup, encoding } = decodeDocument(bytes, { name, contentType, encoding: settings.encoding });
  const text = textOfHtml(markup, limits);
  if (text.trim() === "") throw emptyFile("an HTML page");
  return { text, encoding };
}

interface List {
  ordered: boolean;
  next: number;
}

/**
 * The text of a page as a reader sees it: what is in no script, style or hidden element, block by block, items of a list
 * with their sign, cells of a row with a tab between. Nothing is fetched and nothing is run.
 * @param paragraphs is told where paragraphs, headings and items of lists begin
 * @throws DocumentError `NestedTooDeep`, `DocumentTooLarge`
 */
export function textOfHtml(markup: string, limits: ExtractionLimits, paragraphs?: number[]): string {
  const page = new Page(limits, paragraphs);
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => page.open(tag, attributes),
      ontext: (text) => page.text(text),
      onclosetag: (tag) => page.close(tag),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(markup);
  parser.end();
  return page.writer.end();
}

class Page {
  readonly writer: TextWriter;
  readonly #limits: ExtractionLimits;
  readonly #paragraphs: number[] | undefined;
  readonly #lists: List[] = [];
  /** How many cells each open row has, from the outermost table inwards. */
  readonly #rows: number[] = [];
  /** Nothing was written since a cell began: its first block stands beside the cell before it. */
  #fresh = false;
  #depth = 0;
  #pre = 0;
  /** The depth of the outermost element that is not shown. */
  #unshown = Number.POSITIVE_INFINITY;

  constructor(limits: ExtractionLimits, paragraphs: number[] | undefined) {
    this.writer = new TextWriter(limits);
    this.#limits = limits;
    this.#paragraphs = paragraphs;
  }

  open(tag: string, attributes: Record<string, string>): void {
    if (VOID.has(tag)) {
      if (this.#depth < this.#unshown) this.#void(tag);
      return;
    }
    this.#depth++;
    if (this.#depth > this.#limits.nesting) throw nestedTooDeep(this.#limits);
    if (this.#depth > this.#unshown) return;
    if (UNSHOWN.has(tag) || isHidden(attributes)) this.#unshown = this.#depth;
    else this.#begin(tag, attributes);
  }

  text(text: string): void {
    if (this.#depth >= this.#unshown) return;
    if (text.trim() !== "") this.#fresh = false;
    if (this.#pre > 0) this.writer.verbatim(text);
    else this.writer.flowing(text);
  }

  close(tag: string): void {
    if (VOID.has(tag)) return;
    this.#depth--;
    if (this.#depth >= this.#unshown) return;
    if (this.#unshown === this.#depth + 1) this.#unshown = Number.POSITIVE_INFINITY;
    else this.#end(tag);
  }

  #void(tag: string): void {
    if (tag === "br") this.writer.lineBreak();
    if (tag === "hr") this.#block(true);
  }

  #begin(tag: string, attributes: Record<string, string>): void {
    if (tag === "pre") this.#pre++;
    if (tag === "tr") {
      this.#block(false);
      this.#rows.push(0);
    } else if (CELLS.has(tag)) this.#cell();
    else if (LISTS.has(tag)) {
      this.#block(this.#lists.length === 0);
      this.#lists.push({ ordered: tag === "ol", next: Number.parseInt(attributes.start ?? "", 10) || 1 });
    } else if (PARAGRAPHS.has(tag)) this.#block(true);
    else if (LINES.has(tag)) this.#block(false);
    if (tag === "li") this.writer.prefix(signOf(this.#lists));
    if (this.#paragraphs !== undefined && MARKED.has(tag)) this.writer.mark(this.#paragraphs);
  }

  #end(tag: string): void {
    if (tag === "pre") this.#pre--;
    if (tag === "tr") {
      this.#rows.pop();
      this.#fresh = false;
      this.#block(false);
    } else if (LISTS.has(tag)) {
      this.#lists.pop();
      this.#block(this.#lists.length === 0);
    } else if (PARAGRAPHS.has(tag)) this.#block(true);
    else if (LINES.has(tag)) this.#block(false);
  }

  #cell(): void {
    const cells = this.#rows.pop() ?? 0;
    if (cells > 0) this.writer.cell();
    this.#rows.push(cells + 1);
    this.#fresh = true;
  }

  /** @param apart with an empty line before it; inside a table, lines are close */
  #block(apart: boolean): void {
    if (this.#fresh) return;
    if (apart && this.#rows.length === 0) this.writer.paragraph();
    else this.writer.line();
  }
}

/** The sign of the next item: a dash or a number, with two spaces for each list around it. */
function signOf(lists: readonly List[]): string {
  const list = lists.at(-1);
  const indent = "  ".repeat(Math.max(0, lists.length - 1));
  return `${indent}${list?.ordered ? `${list.next++}.` : "-"} `;
}

function isHidden(attributes: Record<string, string>): boolean {
  return "hidden" in attributes || /\bdisplay\s*:\s*none\b/i.test(attributes.style ?? "");
}
