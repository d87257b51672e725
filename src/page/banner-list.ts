import { h } from "preact";
import { BANNER_KINDS, type Level } from "./banner-kinds.ts";
import type { Banner } from "./banners.ts";
import type { Choice } from "./dialog.ts";
import { clock, duration } from "./format.ts";
import { html, type View } from "./view.ts";
import type { Snapshot } from "./watch.ts";

interface BannerListProps {
  banners: readonly Banner[];
  guide: readonly GuideSection[];
  snapshot: Snapshot;
  choose: (choice: Choice) => void;
}

const WORDS: Readonly<Record<Level, string>> = { stop: "Act", look: "Look", wait: "Wait" };

/** What needs somebody, first on the page. */
export function BannerList({ banners, guide, snapshot, choose }: BannerListProps): View {
  const { at, unreachable, unanswered, now } = snapshot;
  if (at === undefined && unreachable === undefined) {
    return html`<section id="needs" aria-label="What needs you"><p class="calm">Asking the app…</p></section>`;
  }
  return html`<section id="needs" aria-labelledby="needs-title">
    <h2 id="needs-title" class=${banners.length === 0 ? "hidden" : ""}>What needs you</h2>
    ${unanswered.map((words) => html`<p key=${words} class="error">${words}</p>`)}
    ${
      banners.length === 0
        ? html`<p class="calm good"><span aria-hidden="true">✓</span> Nothing needs you.</p>`
        : html`<ul class="banners">
            ${banners.map((banner) => h(BannerCard, { key: `${banner.kind} ${banner.text}`, banner, guide, now, choose }))}
          </ul>`
    }
  </section>`;
}

interface BannerCardProps {
  banner: Banner;
  guide: readonly GuideSection[];
  now: number;
  choose: (choice: Choice) => void;
}

function BannerCard({ banner, guide, now, choose }: BannerCardProps): View {
  const { kind, pipelines, text, hint, command, since, again } = banner;
  const { level, title } = BANNER_KINDS[kind];
  const [pipeline] = pipelines;
  const times = [
    since === undefined ? undefined : `since ${clock(since, now)} (${duration((now - Date.parse(since)) / 1000)})`,
    again === undefined ? undefined : `${level === "wait" ? "goes on" : "looks again"} at ${clock(again, now)}`,
  ].filter((each) => each !== undefined);
  return html`<li class=${`banner ${level}`} data-kind=${kind}>
    <span class=${`badge ${level}`}>${WORDS[level]}</span>
    <div class="banner-words">
      <h3>
        ${pipelines.length === 0 ? null : html`<span class="names">${names(pipelines)}: </span>`}${title}
      </h3>
      <p>${text}</p>
      ${hint === undefined ? null : html`<p class="hint">${hint}</p>`}
      ${command === undefined ? null : h(Command, { text: command })}
      ${times.length === 0 ? null : html`<p class="when">${times.join(" · ")}</p>`}
      ${h(Guide, { section: guide.find((section) => section.title === title) })}
    </div>
    ${
      pipeline !== undefined && (kind === "paused" || kind === "drained")
        ? html`<button type="button" onClick=${() => choose({ action: "resume", pipeline })}>Resume…</button>`
        : null
    }
  </li>`;
}

/** At most three names, and how many there are besides. */
function names(pipelines: readonly string[]): string {
  const shown = pipelines.slice(0, 3).join(", ");
  return pipelines.length > 3 ? `${shown} and ${pipelines.length - 3} more` : shown;
}

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
function Guide({ section }: { section: GuideSection | undefined }): View {
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
function Command({ text }: { text: string }): View {
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
