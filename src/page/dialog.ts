import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Pipeline } from "./answers.ts";
import type { Api } from "./api.ts";
import type { Choice } from "./choice.ts";
import { HoldForm } from "./hold-form.ts";
import { RequeueForm } from "./requeue-form.ts";
import { html, type View } from "./view.ts";

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
