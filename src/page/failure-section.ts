import { h } from "preact";
import { useState } from "preact/hooks";
import type { FailedDocument, FailureGroup, FailuresAnswer } from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import { UNMATCHED } from "./banners.ts";
import type { Choice } from "./dialog.ts";
import { clock, count, counted } from "./format.ts";
import { documentLink, Fault, html, type View } from "./view.ts";

interface FailureSectionProps {
  api: Api;
  failures: FailuresAnswer | undefined;
  now: number;
  choose: (choice: Choice) => void;
}

/** Groups beyond these are shown on request: codes are few, unless something makes them up. */
const GROUPS = 20;
const PAGE = 50;

/** What failed, by code; however many failed, the page holds the groups and one page of documents. */
export function FailureSection({ api, failures, now, choose }: FailureSectionProps): View {
  const [all, setAll] = useState(false);
  const { groups = [], total = 0, complete = true } = failures ?? {};
  const shown = all ? groups : groups.slice(0, GROUPS);
  return html`<section id="failures" aria-labelledby="failures-title">
    <h2 id="failures-title">Failures ${failures === undefined ? null : html`<span class="total">${complete ? "" : "at least "}${count(total)}</span>`}</h2>
    ${failures === undefined ? html`<p class="calm">Counting…</p>` : null}
    ${failures !== undefined && groups.length === 0 ? html`<p class="calm good"><span aria-hidden="true">✓</span> No document has failed.</p>` : null}
    <ul class="groups">
      ${shown.map((group) => h(Group, { key: group.code, api, group, now, choose, complete }))}
    </ul>
    ${
      shown.length < groups.length
        ? html`<button type="button" onClick=${() => setAll(true)}>Show ${count(groups.length - shown.length)} more codes</button>`
        : null
    }
  </section>`;
}

interface GroupProps {
  api: Api;
  group: FailureGroup;
  now: number;
  choose: (choice: Choice) => void;
  complete: boolean;
}

function Group({ api, group, now, choose, complete }: GroupProps): View {
  const { code, hint, examples, pipelines, tasks } = group;
  const [open, setOpen] = useState(false);
  const where = Object.entries(pipelines).map(([name, number]) => `${pipelineName(name)} ${count(number)}`);
  const [only, ...others] = Object.keys(pipelines);
  const about = Object.keys(tasks);
  const redrive: Choice = {
    action: "redrive",
    code,
    ...(only !== undefined && others.length === 0 ? { pipeline: only } : {}),
  };
  return html`<li class="card group" data-code=${code}>
    <p class="group-count">${complete ? "" : "≥ "}${count(group.count)}</p>
    <div class="group-words">
      <h3>${code}</h3>
      <p>${hint}</p>
      <p class="where">${where.join(", ")}${about.length === 0 ? "" : ` · task ${about.join(", ")}`}</p>
      <p class="where">for example ${examples.map((name, index) => [index === 0 ? "" : ", ", documentLink(name, only)])}</p>
      <details onToggle=${({ currentTarget }: { currentTarget: HTMLDetailsElement }) => setOpen(currentTarget.open)}>
        <summary>Documents with ${code}</summary>
        ${open ? h(Documents, { api, code, now }) : null}
      </details>
    </div>
    <button type="button" onClick=${() => choose(redrive)}>Redrive…</button>
  </li>`;
}

/** One page of the documents of a group at a time. */
function Documents({ api, code, now }: { api: Api; code: string; now: number }): View {
  const [pages, setPages] = useState<
    { documents: readonly FailedDocument[]; cursors: (string | undefined)[]; next: string | undefined } | undefined
  >(undefined);
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const load = async (cursors: (string | undefined)[]): Promise<void> => {
    try {
      const query = { code, limit: PAGE, cursor: cursors.at(-1) };
      const { documents, nextCursor } = await api.get<FailuresAnswer>(address(["failures"], query));
      setPages({ documents, cursors, next: nextCursor });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFault(error);
    }
  };
  useState(() => void load([undefined]));
  if (fault !== undefined) return h(Fault, { api, fault });
  if (pages === undefined) return html`<p class="calm">Asking…</p>`;
  const { documents, cursors, next } = pages;
  const from = (cursors.length - 1) * PAGE + 1;
  return html`
    <ul class="documents">
      ${documents.map(
        ({ pipeline, name, message, at, task }) => html`<li key=${`${pipeline} ${name}`}>
          ${documentLink(name, pipeline)} <span class="where">${pipelineName(pipeline)}${task === undefined ? "" : ` · ${task}`} · ${clock(at, now)}</span>
          <p>${message}</p>
        </li>`,
      )}
    </ul>
    <div class="actions pager">
      <span>${documents.length === 0 ? "None on this page" : `${count(from)} to ${count(from + documents.length - 1)}`}</span>
      <button type="button" disabled=${cursors.length === 1} onClick=${() => load(cursors.slice(0, -1))}>Back</button>
      <button type="button" disabled=${next === undefined} onClick=${() => load([...cursors, next])}>Next ${counted(PAGE, "document")}</button>
    </div>
  `;
}

function pipelineName(name: string): string {
  return name === UNMATCHED ? "no pipeline" : name;
}
