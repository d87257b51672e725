import { html, type View } from "./view.ts";

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
