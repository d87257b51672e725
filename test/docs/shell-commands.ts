import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../infra/bicep-file.ts";

/** A block of shell text in a document, or a span of code in its running text. */
export interface ShellText {
  file: string;
  text: string;
  block: boolean;
}

/** Every document that a reader copies commands from. */
const DOCUMENTS = [...globSync("*.md", { cwd: ROOT }), ...globSync("docs/*.md", { cwd: ROOT })]
  .filter((file) => file !== "CHANGELOG.md")
  .sort();

/** The `sh` blocks of the documents, and what stands in backticks in their text and begins with az, azd or npm. */
export function shellTexts(): ShellText[] {
  return DOCUMENTS.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), "utf8");
    const blocks = [...source.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, text = ""]) => ({
      file,
      text,
      block: true,
    }));
    const prose = source.replaceAll(/^ *```.*?^ *```$/gms, "");
    const spans = [...prose.matchAll(/`((?:az|azd|npm|npx) [^`]+)`/g)].map(([, text = ""]) => ({
      file,
      text: text.replaceAll(/\s+/g, " "),
      block: false,
    }));
    return [...blocks, ...spans];
  });
}

/** A command in the words that a shell makes of it: quotes stay with their word, comments and pipes are left out. */
export type Words = string[];

const WORD = /(?:"(?:\\.|[^"\\])*"|'[^']*'|\$\{[^}]*\}|[^\s"'|;&()<>`])+/y;

/** Every call of a program in a shell text: where a command begins, also inside `$(…)`. Messages only speak of one. */
export function callsOf(text: string, program: "az" | "azd"): Words[] {
  const joined = text.replaceAll(/\\\n\s*/g, " ").replaceAll(/(^|\s)#.*$/gm, "$1");
  const begins = new RegExp(`(?<=^\\s*|\\$\\(|[&|=] |\\b(?:if|until|while) )${program} (?=[a-z])`, "gm");
  return [...joined.matchAll(begins)].map(({ index }) => wordsAt(joined, index));
}

function wordsAt(text: string, start: number): Words {
  const words: Words = [];
  for (let at = start; at < text.length; at++) {
    if (text[at] === " ") continue;
    // What a substitution puts in is one word here; the calls in it are found on their own.
    if (text.startsWith("$(", at)) {
      words.push("$()");
      at = text.indexOf(")", at);
      if (at < 0) break;
      continue;
    }
    WORD.lastIndex = at;
    const [word] = WORD.exec(text) ?? [];
    if (word === undefined) break;
    words.push(word);
    at += word.length - 1;
  }
  return words;
}
