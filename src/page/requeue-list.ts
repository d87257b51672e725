import { h } from "preact";
import { useState } from "preact/hooks";
import type { Requeue } from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import { count } from "./format.ts";
import { Fault, html, type View } from "./view.ts";

interface RequeueListProps {
  api: Api;
  /** Newest first. */
  requeues: readonly Requeue[];
  changed: () => void;
}

/** How many that are over are still shown. */
const SHOWN = 3;

/** Redrives and backfills: those under way, and the last that are over. */
export function RequeueList({ api, requeues, changed }: RequeueListProps): View {
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const running = requeues.filter(({ status }) => status === "running");
  const over = requeues.filter(({ status }) => status !== "running").slice(0, SHOWN);
  if (requeues.length === 0) return null;
  const ask = async (id: string, what: "cancel" | "resume"): Promise<void> => {
    try {
      await api.post(address(["requeues", id, what]));
      setFault(undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFault(error);
    }
    changed();
  };
  return html`<section aria-labelledby="requeues-title">
    <h2 id="requeues-title">Redrives and backfills</h2>
    ${fault === undefined ? null : h(Fault, { api, fault })}
    <ul class="runs">
      ${[...running, ...over].map(({ id, kind, status, request, seen, matched, queued }) => {
        const what =
          [request.pipeline, request.code, request.task, request.prefix]
            .filter((each) => typeof each === "string" && each !== "")
            .join(" · ") || "all";
        return html`<li key=${id} class="card run">
          <span class=${`badge ${status === "running" ? "work" : status === "failed" ? "stop" : "idle"}`}>${status}</span>
          <span><b>${kind}</b> ${what}</span>
          <span class="run-numbers">${count(queued)} on the queue of ${count(matched)} that match, ${count(seen)} seen</span>
          ${status === "running" ? html`<button type="button" onClick=${() => ask(id, "cancel")}>Cancel ${kind}</button>` : null}
          ${status === "failed" || status === "cancelled" ? html`<button type="button" onClick=${() => ask(id, "resume")}>Go on</button>` : null}
        </li>`;
      })}
    </ul>
  </section>`;
}
