import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DocumentAnswer, Place } from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import { RecordView } from "./record-view.ts";
import { type DocumentAddress, documentLink, Fault, html, readDocumentLink, type View } from "./view.ts";

/** One document: where it stands in each pipeline, and what it ended in. */
export function DocumentSection({ api, now }: { api: Api; now: number }): View {
  const [wanted, setWanted] = useState<DocumentAddress | undefined>(() => readDocumentLink(location.hash));
  const [answer, setAnswer] = useState<DocumentAnswer | undefined>(undefined);
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const follow = (): void => {
      const link = readDocumentLink(location.hash);
      if (link !== undefined) setWanted(link);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    if (wanted === undefined) return;
    let isCurrent = true;
    const load = async (): Promise<void> => {
      try {
        const found = await api.get<DocumentAnswer>(address(["documents", wanted.name]));
        if (isCurrent) setAnswer(found);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (isCurrent) setFault(error);
      }
    };
    setAnswer(undefined);
    setFault(undefined);
    title.current?.focus();
    title.current?.scrollIntoView({ block: "start" });
    void load();
    return () => {
      isCurrent = false;
    };
  }, [wanted]);
  const find = (event: Event): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name") ?? "");
    if (name !== "") location.hash = `#${new URLSearchParams({ document: name })}`;
  };
  const place = answer?.places.find(({ pipeline }) => pipeline === wanted?.pipeline) ?? answer?.places[0];
  return html`<section id="document" aria-labelledby="document-title">
    <h2 id="document-title" ref=${title} tabindex="-1">Document</h2>
    <form class="find" role="search" onSubmit=${find}>
      <label for="name">Name of a document</label>
      <input id="name" name="name" key=${wanted?.name} defaultValue=${wanted?.name ?? ""} placeholder="tickets/hello.txt" autocomplete="off" spellcheck="false" />
      <button type="submit">Show</button>
    </form>
    ${fault === undefined ? null : h(Fault, { api, fault })}
    ${wanted !== undefined && answer === undefined && fault === undefined ? html`<p class="calm">Asking…</p>` : null}
    ${
      answer === undefined
        ? null
        : html`<article class="card document">
            <h3 class="document-name">${answer.name}</h3>
            <ul class="places">${answer.places.map((each) => h(PlaceLine, { key: each.pipeline, name: answer.name, place: each, isShown: each === place }))}</ul>
            ${
              place?.record === undefined
                ? null
                : h(RecordView, {
                    key: `${place.pipeline} ${answer.name}`,
                    api,
                    name: answer.name,
                    pipeline: place.pipeline,
                    now,
                  })
            }
          </article>`
    }
  </section>`;
}

const TONES: Readonly<Record<string, string>> = {
  succeeded: "work",
  partiallySucceeded: "wait",
  failed: "stop",
  running: "work",
};

const WORDS: Readonly<Record<string, string>> = {
  succeeded: "succeeded",
  partiallySucceeded: "partly succeeded",
  failed: "failed",
  running: "in hand",
  waiting: "waiting",
  outdated: "waiting; an older version has a record",
  unknown: "unknown",
};

function PlaceLine({ name, place, isShown }: { name: string; place: Place; isShown: boolean }): View {
  const { pipeline, state, lane, record } = place;
  return html`<li aria-current=${isShown ? "true" : undefined}>
    <span class=${`badge ${TONES[state] ?? "idle"}`}>${WORDS[state] ?? state}</span>
    <b>${pipeline}</b>
    ${lane === undefined ? null : html`<span>lane ${lane}</span>`}
    ${record === undefined ? null : html`<code>${record}</code>`}
    ${isShown || record === undefined ? null : html`<span>show ${documentLink(name, pipeline)}</span>`}
  </li>`;
}
