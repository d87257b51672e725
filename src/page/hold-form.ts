import { h } from "preact";
import { useState } from "preact/hooks";
import { type Api, ApiError, address } from "./api.ts";
import { Fault } from "./fault.ts";
import { html, type View } from "./view.ts";

interface HoldFormProps {
  api: Api;
  action: "pause" | "drain" | "resume";
  pipeline: string;
  close: () => void;
  done: () => void;
}

const WORDS = {
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
export function HoldForm({ api, action, pipeline, close, done }: HoldFormProps): View {
  const [fault, setFault] = useState<ApiError | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const { title, what } = WORDS[action];
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
