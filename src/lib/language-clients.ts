import type { TokenCredential } from "@azure/core-auth";
import { DefaultAzureCredential } from "@azure/identity";
import type { AnalysisClient } from "./language/analysis.ts";
import { createAnalysisClient } from "./language/analysis-client.ts";
import type { AuthoringClient } from "./language/authoring/authoring.ts";
import { createAuthoringClient } from "./language/authoring/authoring-client.ts";
import { LanguageError } from "./language/errors/language-error.ts";
import type { AppSettings } from "./settings/app-settings.ts";
import { isAllowed, notAllowed } from "./settings/endpoint.ts";
import { type Pipeline, resourcesOf } from "./settings/pipeline.ts";

/** The clients of the Language resources, each made once: they keep tokens and connections. */
export class LanguageClients {
  readonly #settings: AppSettings;
  readonly #pipelines: readonly Pipeline[];
  readonly #analysis = new Map<string, AnalysisClient>();
  readonly #authoring = new Map<string, AuthoringClient>();
  #credential: TokenCredential | undefined;

  constructor(settings: AppSettings, pipelines: readonly Pipeline[]) {
    this.#settings = settings;
    this.#pipelines = pipelines;
  }

  /** @throws LanguageError for a host that the settings do not allow */
  analysis(endpoint: string, apiVersion: string): AnalysisClient {
    return once(this.#analysis, `${endpoint} ${apiVersion}`, () =>
      createAnalysisClient({ endpoint, apiVersion, ...this.#options(endpoint) }),
    );
  }

  /** @throws LanguageError for a host that the settings do not allow */
  authoring(endpoint: string, apiVersion: string): AuthoringClient {
    return once(this.#authoring, `${endpoint} ${apiVersion}`, () =>
      createAuthoringClient({ endpoint, apiVersion, ...this.#options(endpoint) }),
    );
  }

  #options(endpoint: string) {
    return { credential: this.#credentialFor(endpoint), timeoutSeconds: this.#settings.requestTimeoutSeconds };
  }

  /**
   * The key belongs to the default resource, and each that a pipeline names to its own; every other one is asked with
   * Entra ID.
   */
  #credentialFor(endpoint: string): { key: string } | TokenCredential {
    const { languageKey, languageKeys, languageEndpoint, allowed } = this.#settings;
    if (!isAllowed(endpoint, allowed.language)) {
      const { message, hint } = notAllowed(endpoint, allowed.language);
      throw new LanguageError({ class: "blocked", code: "HostNotAllowed", message, hint });
    }
    const named = resourcesOf(this.#pipelines).find((each) => each.endpoint === endpoint && each.keySetting);
    const key = named?.keySetting === undefined ? undefined : languageKeys[named.keySetting];
    if (key !== undefined) return { key };
    if (languageKey !== undefined && endpoint === languageEndpoint) return { key: languageKey };
    this.#credential ??= new DefaultAzureCredential();
    return this.#credential;
  }
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
