import * as z from "zod";
import type { Clock } from "../time.ts";
import { accessDenied, tokenRefused } from "./service-error.ts";

/** Who may call. */
export interface Credentials {
  /** Values of `Ocp-Apim-Subscription-Key` that are accepted. */
  keys: readonly string[];
  /** Bearer tokens that are accepted whatever is in them. */
  tokens: readonly string[];
}

/** Accepted when the options name no key. */
export const DEFAULT_KEY = "local-language-key";

const AUDIENCE = /^https:\/\/cognitiveservices\.azure\.com\/?$/;
const claims = z.looseObject({ aud: z.union([z.string(), z.array(z.string())]), exp: z.number() });

/**
 * Checks the key, or the bearer token: one configured, or any JWT for the audience of the service that has not
 * expired. Signatures are not checked.
 * @throws ServiceError 401
 */
export function authenticate(headers: Headers, credentials: Credentials, clock: Clock): void {
  const key = headers.get("ocp-apim-subscription-key");
  if (key !== null) {
    if (credentials.keys.includes(key)) return;
    throw accessDenied();
  }
  const token = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw accessDenied();
  if (!credentials.tokens.includes(token) && !isTokenForService(token, clock)) throw tokenRefused();
}

function isTokenForService(token: string, clock: Clock): boolean {
  const parsed = claims.safeParse(decodePayload(token));
  if (!parsed.success) return false;
  const { aud, exp } = parsed.data;
  return [aud].flat().some((audience) => AUDIENCE.test(audience)) && exp * 1_000 > clock.now();
}

function decodePayload(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
