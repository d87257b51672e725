import { useEffect, useRef } from "preact/hooks";
import { html, type View } from "./view.ts";

interface KeyFormProps {
  /** The key that was given before is wrong. */
  refused: boolean;
  busy: boolean;
  use: (key: string) => void;
}

/** Asks for the function key. */
export function KeyForm({ refused, busy, use }: KeyFormProps): View {
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
