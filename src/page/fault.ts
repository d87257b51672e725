import type { Api, ApiError } from "./api.ts";
import { html, type View } from "./view.ts";

/** Why something was not done. A key that may not do it can be changed on the spot. */
export function Fault({ api, fault }: { api: Api; fault: ApiError }): View {
  return html`<div class="error" role="alert">
    <p>${fault.message}${fault.hint === undefined ? "" : ` ${fault.hint}`}</p>
    ${
      fault.isAboutKey
        ? html`<label for="other-key">Another key, which may do this</label>
            <input id="other-key" type="password" autocomplete="off"
              onChange=${({ currentTarget }: { currentTarget: HTMLInputElement }) => api.keepKey(currentTarget.value)} />
            <p>Then confirm again.</p>`
        : null
    }
  </div>`;
}
