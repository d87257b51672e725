import type { Problem } from "./answers.ts";

/** The key stays in this tab: another tab, and this one once closed, know nothing of it. */
const KEPT = "language-batch-key";

/** The app answered that it will not, or did not answer (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly hint: string | undefined;

  constructor({ status, detail, hint }: Pick<Problem, "status" | "detail" | "hint">) {
    super(detail);
    this.status = status;
    this.hint = hint;
  }

  /** The key is missing, wrong, or may not do this. */
  get isAboutKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** How long one answer may take before the app counts as unreachable, milliseconds: a cold start takes some seconds. */
const TIMEOUT_MS = 60_000;

/** The HTTP API of the app that served this page. Answers are of the app's own version, which its tests hold to `answers.ts`. */
export class Api {
  get hasKey(): boolean {
    return sessionStorage.getItem(KEPT) !== null;
  }

  keepKey(key: string): void {
    sessionStorage.setItem(KEPT, key.trim());
  }

  forgetKey(): void {
    sessionStorage.removeItem(KEPT);
  }

  /** @param path below `/api/`, made by `address` @throws ApiError */
  async get<Answer>(path: string): Promise<Answer> {
    return await this.#ask<Answer>(path, { method: "GET" });
  }

  /** @throws ApiError */
  async post<Answer>(path: string, body?: object): Promise<Answer> {
    return await this.#ask<Answer>(path, {
      method: "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const key = sessionStorage.getItem(KEPT);
    const headers: Record<string, string> = {
      accept: "application/json",
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === null ? {} : { "x-functions-key": key }),
    };
    let response: Response;
    try {
      // The page is /api/status: what is asked stands beside it, whatever stands in front of /api.
      response = await fetch(path, { ...init, headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === "TimeoutError";
      throw new ApiError({
        status: 0,
        detail: isLate ? "It did not answer within a minute." : "It cannot be reached.",
      });
    }
    const body: unknown = await response.json().catch(() => undefined);
    // Health says what is wrong with a 503 of its own form.
    if (response.ok || (path === "health" && body !== undefined)) return body as Answer;
    const { detail, hint } = (body ?? {}) as Partial<Problem>;
    throw new ApiError({ status: response.status, detail: detail ?? `It answered HTTP ${response.status}.`, hint });
  }
}

/** The address of a document's affairs: each segment of its name is data, never a path. */
export function address(path: readonly string[], query: Record<string, string | number | undefined> = {}): string {
  const segments = path.flatMap((part, index) => (index === 0 ? [part] : part.split("/").map(spellSegment)));
  const values = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(values).toString();
  return `${segments.join("/")}${search === "" ? "" : `?${search}`}`;
}

/** A browser would follow `..` itself, out of the way that was meant; no document has such a segment. */
function spellSegment(segment: string): string {
  return /^\.{1,2}$/.test(segment) ? segment.replaceAll(".", "%252E") : encodeURIComponent(segment);
}
