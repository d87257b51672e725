import { z } from "zod";
import { quote } from "../common/problems.ts";

/** What a Language endpoint must look like; used as the expectation in every message about one. */
export const ENDPOINT_EXPECTED =
  "the address of a Language resource, https://<name>.cognitiveservices.azure.com (http only for this machine), without the path of an operation and without query";

/** The service's own paths, which the client adds itself. */
const SERVICE_PATH = /^\/(language|text\/analytics)(\/|$)/;

/** Address of a Language resource; a trailing slash is dropped, a path prefix (a gateway in front) is kept. */
export const endpointSchema = z
  .string({ error: ENDPOINT_EXPECTED })
  .trim()
  .refine(isEndpoint, { error: ENDPOINT_EXPECTED })
  .transform((text) => text.replace(/\/+$/, ""));

/** True for an address whose traffic does not leave this machine. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** An address as it may be shown in a message: without user name, password and query, which may be secrets. */
export function shownAddress(address: unknown): string {
  if (typeof address !== "string") return address === undefined ? "nothing" : `a ${typeof address}`;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    return /[@?=]/.test(address) ? "something that is not an address" : quote(address);
  }
  const { protocol, host, pathname, username, search } = new URL(address);
  const hidden = username === "" ? "" : "(credentials)@";
  return `"${protocol}//${hidden}${host}${pathname === "/" ? "" : pathname}${search === "" ? "" : "?(query)"}"`;
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const safe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(text));
  const plain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return safe && plain && !SERVICE_PATH.test(url.pathname);
}
