import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The keys of a function app. */
export interface HostKeys {
  /** Opens everything: functions of level `admin`, and the host's own administration. */
  master: string;
  /** Opens functions of level `function`; in Azure a key of one function, or a host key. */
  function: string;
  /** Opens the webhooks of extensions: durable functions, blob events. */
  system: string;
}

/** Whom a request has to show a key of: `system` for webhooks. */
export type AuthLevel = "anonymous" | "function" | "system" | "admin";

/** Lets requests in by their keys, in the query (`code`) or in a header, as the real host does; everything without keys. */
export class KeyCheck {
  readonly #keys: HostKeys | undefined;

  constructor(keys: HostKeys | undefined) {
    this.#keys = keys;
  }

  /** The key in the addresses of webhooks. */
  get system(): string {
    return this.#keys?.system ?? "local";
  }

  admits(request: IncomingMessage, level: AuthLevel): boolean {
    if (this.#keys === undefined || level === "anonymous") return true;
    const { master } = this.#keys;
    const own = level === "admin" ? master : this.#keys[level];
    const header = request.headers["x-functions-key"]?.toString();
    const shown = header ?? new URL(request.url ?? "/", "http://host").searchParams.get("code") ?? "";
    return [master, own].some((key) => isSame(key, shown));
  }
}

function isSame(key: string, shown: string): boolean {
  const [one, other] = [Buffer.from(key), Buffer.from(shown)];
  return one.length === other.length && timingSafeEqual(one, other);
}
