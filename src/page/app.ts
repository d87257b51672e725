import { h, render } from "preact";
import { useEffect, useErrorBoundary, useMemo, useRef, useState } from "preact/hooks";
import { Api } from "./api.ts";
import { BannerList, type GuideSection, readGuide } from "./banner-list.ts";
import { countNeeds, findBanners } from "./banners.ts";
import { type Choice, Dialog } from "./dialog.ts";
import { DocumentSection } from "./document-section.ts";
import { FailureSection } from "./failure-section.ts";
import { counted } from "./format.ts";
import { ModelSection } from "./model-section.ts";
import { PipelineSection } from "./pipeline-section.ts";
import { RequeueList } from "./requeue-list.ts";
import { html, type View } from "./view.ts";
import { type Snapshot, Watch } from "./watch.ts";

const SECTIONS = [
  ["needs", "Needs you"],
  ["pipelines", "Pipelines"],
  ["failures", "Failures"],
  ["document", "Document"],
  ["models", "Models"],
] as const;

/** The status page. */
function App({ api }: { api: Api }): View {
  const [snapshot, setSnapshot] = useState<Snapshot>({ now: Date.now(), pipelines: [], busy: true, unanswered: [] });
  const [choice, setChoice] = useState<Choice | undefined>(undefined);
  const [guide, setGuide] = useState<readonly GuideSection[]>([]);
  const [fault, forgetFault] = useErrorBoundary((error) => reportError(error));
  const watch = useMemo(() => new Watch(api, setSnapshot), []);
  useEffect(() => {
    watch.start();
    void readGuide().then(setGuide);
    return () => watch.stop();
  }, []);
  if (fault !== undefined) return html`<main class="narrow">${h(Broken, { again: forgetFault })}</main>`;
  const { key, at, pipelines, busy } = snapshot;
  if (key !== undefined) {
    const use = (given: string): void => {
      api.keepKey(given);
      void watch.refresh(true);
    };
    return html`<main class="narrow">${h(KeyForm, { refused: key === "refused", busy, use })}</main>`;
  }
  const banners = findBanners(snapshot);
  const needs = countNeeds(banners);
  document.title = needs === 0 ? "language-batch" : `(${needs}) language-batch`;
  const done = (): void => {
    setChoice(undefined);
    void watch.refresh();
    void watch.watchRequeues();
  };
  return html`
    <header class="top">
      <div class="top-line">
        <h1>language-batch</h1>
        <span class="host">${location.host}</span>
        <span class="fresh">
          ${at === undefined ? "Asking the app…" : html`Updated <time datetime=${at}>${new Date(at).toLocaleTimeString("en-GB")}</time>`}
        </span>
        <button type="button" class="quiet" disabled=${busy} onClick=${() => void watch.refresh(true)}>Refresh</button>
        ${api.hasKey ? html`<button type="button" class="quiet" onClick=${() => leave(api)}>Forget key</button>` : null}
      </div>
      <nav aria-label="Sections">
        <ul>
          ${SECTIONS.map(
            ([id, title]) => html`<li key=${id}>
              <a href=${`#${id}`}>${title}${id === "needs" && needs > 0 ? html` <span class="badge stop">${needs}</span>` : null}</a>
            </li>`,
          )}
        </ul>
      </nav>
      <p class="hidden" role="status">${at === undefined ? "" : `${counted(needs, "thing")} ${needs === 1 ? "needs" : "need"} you`}</p>
    </header>
    <main>
      ${h(BannerList, { banners, guide, snapshot, choose: setChoice })}
      ${h(PipelineSection, { pipelines, known: at !== undefined, now: snapshot.now, choose: setChoice })}
      ${h(RequeueList, { api, requeues: snapshot.requeues ?? [], changed: () => void watch.watchRequeues() })}
      ${h(FailureSection, { api, failures: snapshot.failures, now: snapshot.now, choose: setChoice })}
      ${h(DocumentSection, { api, now: snapshot.now })}
      ${h(ModelSection, { snapshot })}
    </main>
    ${choice === undefined ? null : h(Dialog, { api, choice, pipelines, close: () => setChoice(undefined), done })}
  `;
}

/** Nothing of this tab may be read after somebody has left it. */
function leave(api: Api): void {
  api.forgetKey();
  location.reload();
}

function Broken({ again }: { again: () => void }): View {
  return html`<section class="card">
    <h1>This page cannot show what the app answered</h1>
    <p>The console of the browser has the reason. The app itself goes on; <code>GET /api/pipelines</code> says how it is.</p>
    <button type="button" onClick=${again}>Try again</button>
  </section>`;
}

interface KeyFormProps {
  /** The key that was given before is wrong. */
  refused: boolean;
  busy: boolean;
  use: (key: string) => void;
}

/** Asks for the function key. */
function KeyForm({ refused, busy, use }: KeyFormProps): View {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = field.current?.value.trim() ?? "";
    if (given !== "") use(given);
  };
  return html`<form class="card key" onSubmit=${submit}>
    <h1>language-batch</h1>
    <p>This page shows the state of the app at <strong>${location.host}</strong>. It needs a function key of that app.</p>
    <label for="key">Function key</label>
    <input id="key" ref=${field} type="password" autocomplete="off" spellcheck="false" required
      aria-describedby="key-help" aria-invalid=${refused} />
    ${refused ? html`<p class="error" role="alert">The app refused this key. Is it a key of ${location.host}, copied whole?</p>` : null}
    <p id="key-help" class="help">
      Kept in this tab until you close it, and sent to this app only. Find it with
      <code>az functionapp keys list --resource-group GROUP --name APP --query functionKeys.default --output tsv</code>
    </p>
    <button type="submit" class="primary" disabled=${busy}>${busy ? "Asking…" : "Open"}</button>
  </form>`;
}

const root = document.getElementById("page");
if (root !== null) {
  root.replaceChildren();
  render(h(App, { api: new Api() }), root);
}
