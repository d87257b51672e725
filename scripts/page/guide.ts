/** A part of a section: words, a command, or a list. */
type GuideBlock = { text: GuideWords } | { command: string } | { list: GuideWords[] };

/** Plain words, `code`, and links, in the order in which they stand. */
type GuideWords = (string | { code: string } | { link: string; to: string })[];

/** What is to be done about a banner, as the page shows it. */
export interface GuideSection {
  /** The heading, which is the title of the banner. */
  title: string;
  blocks: GuideBlock[];
}

/** The chapter of `docs/operations.md` that goes with the page: a section for each banner. */
const CHAPTER = /^## Banners\n(.*?)(?=^## |$(?![\s\S]))/ms;

/**
 * The sections about banners, ready to be shown: the page builds its nodes from them and never parses markup.
 * @param markdown `docs/operations.md`
 * @throws Error for what these sections may not hold: the page could not show it
 */
export function readGuide(markdown: string): GuideSection[] {
  const [, chapter = ""] = CHAPTER.exec(markdown) ?? [];
  return chapter
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.split("\n");
      return { title, blocks: readBlocks(lines.join("\n"), title) };
    });
}

function readBlocks(text: string, title: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  // Every second part stands between fences.
  for (const [index, part] of text.split(/^```(?:sh)?\n/m).entries()) {
    if (index % 2 === 1) {
      blocks.push({ command: part.trimEnd() });
      continue;
    }
    for (const paragraph of part.split(/\n{2,}/).map((each) => each.trim())) {
      if (paragraph === "") continue;
      if (/^(?:#|>|\||\d+\. |!\[)/.test(paragraph)) {
        throw new Error(`docs/operations.md: the section "${title}" holds what the page cannot show: ${paragraph}`);
      }
      const items = paragraph.startsWith("- ") ? paragraph.slice(2).split(/\n- /) : undefined;
      blocks.push(items === undefined ? { text: readWords(paragraph) } : { list: items.map(readWords) });
    }
  }
  return blocks;
}

function readWords(text: string): GuideWords {
  const plain = text.replace(/\s*\n\s*/g, " ").replaceAll("*", "");
  return plain
    .split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/)
    .filter((part) => part !== "")
    .map((part) => {
      if (part.startsWith("`")) return { code: part.slice(1, -1) };
      const [, link, to] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
      return link !== undefined && to !== undefined ? { link, to } : part;
    });
}
