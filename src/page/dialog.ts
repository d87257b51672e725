import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Pipeline, Requeue } from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import { UNMATCHED } from "./banners.ts";
import { count, counted, money } from "./format.ts";
import { Fault, html, type View } from "./view.ts";

/** What somebody chose to do: it is done when they confirm what they are shown. */
export type Choice =
  | { action: "pause" | "drain" | "resume"; pipeline: string }
  | { action: "redrive"; pipeline?: string; code?: string; task?: string }
  | { action: "backfill"; pipeline?: string };

interface DialogProps {
  api: Api;
  choice: Choice;
  pipelines: readonly Pipeline[];
  /** Nothing was done. */
  close: () => void;
  done: () => void;
}

/** Asks before anything is done. */
export function Dialog({ api, choice, pipelines, close, done }: DialogProps): View {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return html`<dialog ref=${dialog} onClose=${close} aria-labelledby="dialog-title">
    ${
      choice.action === "redrive" || choice.action === "backfill"
        ? h(RequeueForm, { api, choice, pipelines, close, done })
        : h(HoldForm, { api, action: choice.action, pipeline: choice.pipeline, close, done })
    }
  </dialog>`;
}

interface HoldFormProps {
  api: Api;
  action: "pause" | "drain" | "resume";
  pipeline: string;
  close: () => void;
  done: () => void;
}

const HOLD_WORDS = {
  pause: {
    title: "Pause",
    what: "Nothing new is sent, from now on. What the service has already is collected; what waits, waits, and nothing is lost.",
  },
  drain: {
    title: "Drain",
    what: "Batches in hand are finished, and nothing new is begun. What waits, waits, and nothing is lost.",
  },
  resume: { title: "Resume", what: "The lanes go on with what waits." },
} as const;

/** Pauses, drains or resumes a pipeline; for the first two it wants a reason, which everybody then sees. */
function HoldForm({ api, action, pipeline, close, done }: HoldFormProps): View {
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const { title, what } = HOLD_WORDS[action];
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const [reason, by] = ["reason", "by"].map((name) => String(form.get(name) ?? "").trim());
    setBusy(true);
    try {
      await api.post(address(["pipelines", pipeline, action]), {
        ...(reason ? { reason } : {}),
        ...(by ? { by } : {}),
      });
      done();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFault(error);
      setBusy(false);
    }
  };
  return html`<form onSubmit=${submit}>
    <h2 id="dialog-title">${title} <span class="names">${pipeline}</span></h2>
    <p>${what}</p>
    ${
      action === "resume"
        ? null
        : html`<label for="reason">Reason, for everybody who looks here</label>
            <input id="reason" name="reason" required maxlength="500" autocomplete="off" />
            <label for="by">Your name <span class="optional">optional</span></label>
            <input id="by" name="by" maxlength="100" autocomplete="name" />`
    }
    ${fault === undefined ? null : h(Fault, { api, fault })}
    <div class="actions">
      <button type="button" onClick=${close}>Cancel</button>
      <button type="submit" class="primary" disabled=${busy}>${title} ${pipeline}</button>
    </div>
  </form>`;
}

interface RequeueFormProps {
  api: Api;
  choice: Extract<Choice, { action: "redrive" | "backfill" }>;
  pipelines: readonly Pipeline[];
  close: () => void;
  done: () => void;
}

const REQUEUE_WORDS = {
  redrive: {
    title: "Redrive failures",
    what: "Failed documents go on the queue again; of partly succeeded ones only the tasks that failed are asked again. A record stands until the new one takes its place.",
    none: "Nothing to redrive: no failure is like that.",
  },
  backfill: {
    title: "Backfill",
    what: "Documents in the container without a record of their current version go on the queue. What stands right is left alone.",
    none: "Nothing to backfill: every document has a record of its current version.",
  },
} as const;

const COUNT_AGAIN_MS = 1_000;

/** Counts first, and does it only when the count was seen. */
function RequeueForm({ api, choice, pipelines, close, done }: RequeueFormProps): View {
  const form = useRef<HTMLFormElement>(null);
  const [run, setRun] = useState<Requeue | undefined>(undefined);
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  /** The count that is wanted; an earlier one that comes late is not shown. */
  const turn = useRef(0);
  const { action } = choice;
  const words = REQUEUE_WORDS[action];

  const ask = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFault(error);
    }
    setBusy(false);
  };
  const path = (dryRun: boolean): string => {
    const values = new FormData(form.current ?? undefined);
    const query = Object.fromEntries([...values].map(([name, value]) => [name, String(value).trim()]));
    return address([action], { ...query, dryRun: dryRun ? "true" : undefined });
  };
  const look = async (): Promise<void> => {
    const mine = ++turn.current;
    setRun(undefined);
    await ask(async () => {
      let counting = await api.post<Requeue>(path(true));
      while (counting.status === "running" && turn.current === mine) {
        setRun(counting);
        await new Promise((resolve) => setTimeout(resolve, COUNT_AGAIN_MS));
        counting = await api.get<Requeue>(address(["requeues", counting.id]));
      }
      if (turn.current === mine) setRun(counting);
    });
  };
  const change = (): void => {
    turn.current++;
    setRun(undefined);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (run === undefined) await look();
    else if (run.status === "done" && run.matched > 0) {
      await ask(async () => {
        await api.post(path(false));
        done();
      });
    }
  };
  useEffect(() => {
    void look();
    return () => {
      turn.current++;
    };
  }, []);

  const matched = run?.status === "done" ? run.matched : undefined;
  return html`<form ref=${form} onSubmit=${submit} onInput=${change}>
    <h2 id="dialog-title">${words.title}</h2>
    <p>${words.what}</p>
    <label for="pipeline">Pipeline</label>
    <select id="pipeline" name="pipeline">
      <option value="" selected=${choice.pipeline === undefined}>all</option>
      ${[...pipelines.map(({ name }) => name), ...(action === "redrive" ? [UNMATCHED] : [])].map(
        (name) =>
          html`<option key=${name} value=${name} selected=${name === choice.pipeline}>${name === UNMATCHED ? "none wants them" : name}</option>`,
      )}
    </select>
    <label for="prefix">Names that begin with <span class="optional">optional</span></label>
    <input id="prefix" name="prefix" autocomplete="off" spellcheck="false" />
    ${
      choice.action === "redrive"
        ? html`<div class="pair">
            <div><label for="code">Code <span class="optional">optional</span></label>
              <input id="code" name="code" autocomplete="off" spellcheck="false" defaultValue=${choice.code ?? ""} /></div>
            <div><label for="task">Task <span class="optional">optional</span></label>
              <input id="task" name="task" autocomplete="off" spellcheck="false" defaultValue=${choice.task ?? ""} /></div>
          </div>`
        : html`<label class="check"><input type="checkbox" name="force" value="true" /> Also what has a result: everything again with today's model, and paid again</label>`
    }
    <p class="count" role="status">${countWords(run, busy, words.none, action)}${
      matched !== undefined && matched > 0 ? html` ${priceWords(matched, pipelines)}` : null
    }</p>
    ${fault === undefined ? null : h(Fault, { api, fault })}
    <div class="actions">
      <button type="button" onClick=${close}>Cancel</button>
      ${
        matched !== undefined && matched > 0
          ? html`<button type="submit" class="primary" disabled=${busy}>${action === "redrive" ? "Redrive" : "Backfill"} ${counted(matched, "document")}</button>`
          : html`<button type="submit" disabled=${busy || run !== undefined}>Count</button>`
      }
    </div>
  </form>`;
}

function countWords(run: Requeue | undefined, busy: boolean, none: string, action: string): View {
  if (run === undefined) return busy ? "Counting…" : "Not counted yet.";
  if (run.status === "running") return `Counting… ${count(run.matched)} of ${count(run.seen)} seen so far.`;
  if (run.status !== "done") return "The count broke off; count again.";
  if (run.matched === 0) return none;
  return `${counted(run.matched, "document")} ${run.matched === 1 ? "goes" : "go"} on the queue if you ${action}.`;
}

/** What the documents so far cost on the mean tells what these may. */
function priceWords(documents: number, pipelines: readonly Pipeline[]): View {
  const sums = pipelines.reduce(
    (all, { totals, cost }) => ({
      documents: all.documents + totals.succeeded + totals.partiallySucceeded,
      amount: all.amount + cost.money.amount,
    }),
    { documents: 0, amount: 0 },
  );
  const [first] = pipelines;
  if (first === undefined || sums.documents === 0 || sums.amount === 0) return "";
  const amount = (sums.amount / sums.documents) * documents;
  return `About ${money({ amount, currency: first.cost.money.currency })}, by what documents have cost so far.`;
}
