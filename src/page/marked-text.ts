import { type Mark, markText, type Span } from "./marks.ts";
import { html, type View } from "./view.ts";

interface MarkedTextProps {
  text: string;
  /** Where the text begins in the document. */
  from: number;
  spans: readonly Span[];
  /** The class of a label's look. */
  look: (label: string) => string;
}

/** A text with its marks. The label of a mark is text like any other: it can be read aloud and searched, and copying leaves it out. */
export function MarkedText({ text, from, spans, look }: MarkedTextProps): View {
  const nodes = markText(text, from, spans).map((node) => show(node, look));
  return html`<div class="text" tabindex="0" role="region" aria-label="Text of the document">${nodes}</div>`;
}

function show(node: string | Mark, look: MarkedTextProps["look"]): View {
  if (typeof node === "string") return node;
  const { span, continued, children } = node;
  const name = `mark ${look(span.label)}${continued ? " continued" : ""}`;
  return html`<mark class=${name} id=${continued ? undefined : span.id} tabindex="-1">${
    continued
      ? html`<span class="hidden">${span.label} goes on: </span>`
      : html`<span class="label">${span.label} </span>`
  }${children.map((child) => show(child, look))}</mark>`;
}
