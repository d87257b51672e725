import { h } from "preact";
import { html, type View } from "./view.ts";

type Words = (string | { code: string } | { link: string; to: string })[];

/** What `docs/operations.md` says about a banner; made when the page is built. */
export interface GuideSection {
  title: string;
  blocks: ({ text: Words } | { command: string } | { list: Words[] })[];
}

/** Comes with the page itself, so that it is there where the app is shut off from the rest of the world. */
export async function readGuide(): Promise<GuideSection[]> {
  const response = await fetch(new URL("guide.json", import.meta.url)).catch(() => undefined);
  return response?.ok ? ((await response.json()) as GuideSection[]) : [];
}

/** The section of a banner, folded up. */
export function Guide({ section }: { section: GuideSection | undefined }): View {
  if (section === undefined) return null;
  return html`<details class="guide">
    <summary>What to do</summary>
    ${section.blocks.map((block, index) => {
      if ("command" in block) return h(Command, { text: block.command, key: index });
      if ("list" in block)
        return html`<ul key=${index}>${block.list.map((words) => html`<li>${spell(words)}</li>`)}</ul>`;
      return html`<p key=${index}>${spell(block.text)}</p>`;
    })}
  </details>`;
}

/** A command to be copied. */
export function Command({ text }: { text: string }): View {
  const copy = (): void => void navigator.clipboard?.writeText(text);
  return html`<div class="command">
    <pre tabindex="0" aria-label="Command"><code>${text}</code></pre>
    <button type="button" class="quiet" onClick=${copy}>Copy</button>
  </div>`;
}

function spell(words: Words): View[] {
  return words.map((word) => {
    if (typeof word === "string") return word;
    if ("code" in word) return html`<code>${word.code}</code>`;
    // Other parts of the documents are not shipped with the page.
    return word.to.startsWith("https://") ? html`<a href=${word.to} rel="noreferrer">${word.link}</a>` : word.link;
  });
}
