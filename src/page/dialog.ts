import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Pipeline } from "./answers.ts";
import type { Api } from "./api.ts";
import { HoldForm } from "./hold-form.ts";
import { RequeueForm } from "./requeue-form.ts";
import { html, type View } from "./view.ts";

/** What somebody wants done: it is done when they confirm what they are shown. */
export type Wish =
  | { action: "pause" | "drain" | "resume"; pipeline: string }
  | { action: "redrive"; pipeline?: string; code?: string; task?: string }
  | { action: "backfill"; pipeline?: string };

interface DialogProps {
  api: Api;
  wish: Wish;
  pipelines: readonly Pipeline[];
  /** Nothing was done. */
  close: () => void;
  done: () => void;
}

/** Asks before anything is done. */
export function Dialog({ api, wish, pipelines, close, done }: DialogProps): View {
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
      wish.action === "redrive" || wish.action === "backfill"
        ? h(RequeueForm, { api, wish, pipelines, close, done })
        : h(HoldForm, { api, action: wish.action, pipeline: wish.pipeline, close, done })
    }
  </dialog>`;
}
