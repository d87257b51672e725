import { type LanguageService, type LanguageServiceOptions, startLanguageService } from "../src/service.ts";
import type { Clock } from "../src/time.ts";
import { projectsFolder } from "./own-projects.ts";

/** A clock that moves only when told. */
export class ManualClock implements Clock {
  #now = Date.parse("2026-03-01T12:00:00Z");

  now(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1_000;
  }
}

/** A JSON answer of the service, as loosely as a test wants to look at it. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Loose;
}

export type Loose = { [field: string]: Loose } & Loose[];

/** An emulator with a clock of its own, and the few calls that every test makes. */
export class EmulatorFixture implements AsyncDisposable {
  readonly service: LanguageService;
  readonly clock: ManualClock;

  private constructor(service: LanguageService, clock: ManualClock) {
    this.service = service;
    this.clock = clock;
  }

  static async start(options: LanguageServiceOptions = {}): Promise<EmulatorFixture> {
    const clock = new ManualClock();
    return new EmulatorFixture(
      await startLanguageService({ clock, projects: projectsFolder(), jobSeconds: { from: 10, to: 10 }, ...options }),
      clock,
    );
  }

  async call(method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const url = target.startsWith("http") ? target : `${this.service.url}${target}`;
    const response = await fetch(url, {
      method,
      headers: { "Ocp-Apim-Subscription-Key": this.service.key, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  submit(body: unknown, apiVersion = "2023-04-01"): Promise<Answer> {
    return this.call("POST", `/language/analyze-text/jobs?api-version=${apiVersion}`, body);
  }

  /** Submits, waits until the job is over by the clock, and answers its state. */
  async run(body: unknown, options: { apiVersion?: string; query?: string } = {}): Promise<Answer> {
    const accepted = await this.submit(body, options.apiVersion);
    if (accepted.status !== 202) return accepted;
    this.clock.advance(10);
    return await this.call("GET", `${locationOf(accepted)}${options.query ?? ""}`);
  }

  /** What one task says of one text. */
  async analyze(task: object, text: string, options: { apiVersion?: string; language?: string } = {}): Promise<Loose> {
    const { apiVersion, language } = options;
    const document = { id: "1", text, ...(language === undefined ? {} : { language }) };
    const { body } = await this.run(request([document], [task]), apiVersion === undefined ? {} : { apiVersion });
    return at(body, "tasks", "items", 0, "results", "documents", 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.service.stop();
  }
}

/** The body of a submit. Texts get the ids "1", "2", … */
export function request(documents: readonly (string | object)[], tasks: readonly object[]): object {
  const numbered = documents.map((document, index) =>
    typeof document === "string" ? { id: String(index + 1), text: document } : document,
  );
  return { analysisInput: { documents: numbered }, tasks };
}

export const TICKETS = {
  kind: "CustomSingleLabelClassification",
  parameters: { projectName: "tickets", deploymentName: "production" },
};

export const KEY_PHRASES = { kind: "KeyPhraseExtraction", parameters: {} };

/** The address that a submit gives its job. */
export function locationOf({ headers }: Answer): string {
  return headers.get("operation-location") ?? "no operation-location";
}

/** A value deep in an answer. */
export function at(value: unknown, ...path: (string | number)[]): Loose {
  return path.reduce<unknown>((inner, key) => (inner as Loose | undefined)?.[key as number], value) as Loose;
}
