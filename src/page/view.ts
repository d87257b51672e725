import htm from "htm";
import { type ComponentChildren, h, type VNode } from "preact";
import type { Api, ApiError } from "./api.ts";

/**
 * HTML of the page, as nodes: what stands in `${}` is text or a node, never markup, so no name and no document can bring
 * any. Components go in as `${h(Component, { … })}`, which the compiler checks; a tag in the template it cannot.
 */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => VNode = htm.bind(h) as never;

/** What a component gives to show. */
export type View = ComponentChildren;

/** Why something was not done. A key that may not do it can be changed on the spot. */
export function Fault({ api, fault }: { api: Api; fault: ApiError }): View {
  return html`<div class="error" role="alert">
    <p>${fault.message}${fault.hint === undefined ? "" : ` ${fault.hint}`}</p>
    ${
      fault.isAboutKey
        ? html`<label for="other-key">Another key, which may do this</label>
            <input id="other-key" type="password" autocomplete="off"
              onChange=${({ currentTarget }: { currentTarget: HTMLInputElement }) => api.keepKey(currentTarget.value)} />
            <p>Then confirm again.</p>`
        : null
    }
  </div>`;
}

/** A document that the page shows: in the part of the address that is never sent anywhere. */
export interface DocumentAddress {
  name: string;
  pipeline?: string | undefined;
}

/** A link to what the page shows of a document. */
export function documentLink(name: string, pipeline?: string): View {
  const query = new URLSearchParams({ document: name, ...(pipeline === undefined ? {} : { pipeline }) });
  return html`<a class="document-name" href=${`#${query}`}>${name}</a>`;
}

/** The document that an address names. @param hash the part of an address from `#` on */
export function readDocumentLink(hash: string): DocumentAddress | undefined {
  const values = new URLSearchParams(hash.slice(1));
  const name = values.get("document");
  return name === null || name === "" ? undefined : { name, pipeline: values.get("pipeline") ?? undefined };
}
