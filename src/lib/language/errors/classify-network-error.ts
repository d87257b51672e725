import { languageError } from "./code-rules.ts";
import { LanguageError } from "./language-error.ts";

/** The request is certain not to have reached the service: the name has no address, or nobody answers there. */
const NEVER_REACHED: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);

/** Codes of Node and OpenSSL for a certificate, or a TLS handshake, that was refused. */
const CERTIFICATE =
  /^(?:CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|EPROTO)/;

/**
 * The error for a request that got no answer.
 * @param url where it went; only the host is shown
 */
export function classifyNetworkError(cause: unknown, url: string, timeoutSeconds: number): LanguageError {
  if (cause instanceof LanguageError) return cause;
  const { host } = new URL(url);
  const system = systemCode(cause);
  const { code, message } = describe(cause, system, host, timeoutSeconds);
  return languageError(code, message);
}

/** True when the request is certain not to have reached the service, so that repeating it cannot do anything twice. */
export function wasNeverSent(error: LanguageError): boolean {
  return error.code === "EndpointUnreachable";
}

function describe(
  cause: unknown,
  system: string,
  host: string,
  timeoutSeconds: number,
): { code: string; message: string } {
  if (isTimeout(cause)) {
    return { code: "Timeout", message: `${host} did not answer within ${timeoutSeconds} seconds` };
  }
  if (NEVER_REACHED.has(system))
    return { code: "EndpointUnreachable", message: `${host} cannot be reached (${system})` };
  if (CERTIFICATE.test(system)) {
    return { code: "CertificateRefused", message: `No trusted connection to ${host} (${system})` };
  }
  return { code: "NetworkError", message: `The connection to ${host} broke off (${system})` };
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "TimeoutError" || cause.name === "AbortError");
}

/** The system's name for what happened; never its message, which may hold more than it should. */
function systemCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "unknown";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return "name" in cause && typeof cause.name === "string" ? cause.name : "unknown";
}
