import MarkdownIt from "markdown-it";
import { decodeDocument } from "../decode-document.ts";
import type { Extracted, Source } from "./format.ts";
import { textOfHtml } from "./html.ts";
import { emptyFile, nestedTooDeep } from "./refusals.ts";

/** With HTML in it, as CommonMark allows: it is read like that of a page. */
const markdown = new MarkdownIt({ html: true, linkify: false });

/** Reads Markdown (CommonMark with tables): its text without its signs. */
export async function readMarkdown({ bytes, name, contentType, settings, limits }: Source): Promise<Extracted> {
  const { text: source, encoding } = decodeDocument(bytes, { name, contentType, encoding: settings.encoding });
  // The parser leaves out what is deeper than it may go: it may go further than we do, so that this is seen.
  markdown.set({ maxNesting: limits.nesting + 1 });
  const tokens = markdown.parse(source, {});
  if (tokens.some(({ level }) => level >= limits.nesting)) throw nestedTooDeep(limits);
  const text = textOfHtml(markdown.renderer.render(tokens, markdown.options, {}), limits);
  if (text.trim() === "") throw emptyFile("a Markdown file");
  return { text, encoding };
}
