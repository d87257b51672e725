import { z } from "zod";
import { quote } from "../common/problems.ts";

/** What a Language endpoint must look like; used as the expectation in every message about one. */
export const ENDPOINT_EXPECTED =
  "the address of a Language resource, https://<name>.cognitiveservices.azure.com (http only for this machine), without the path of an operation and without query";

/** App settings that a pipeline may name for the key of one of its resources: no other setting is ever sent anywhere. */
export const KEY_SETTING = /^LANGUAGE_KEY(?:_[A-Z0-9_]+)?$/;

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

/**
 * Hosts that tokens and keys may go to. Whoever can write a project file or a pipeline names an address; this says, out of
 * their reach, which of them may see a credential of the app.
 */
export interface HostRule {
  /** The setting that changes it. */
  setting: string;
  /** `name.example.com`, with a port where it is not 443, or `*.example.com` for all below it. */
  hosts: readonly string[];
  /** True on a developer's machine: services of this machine may be asked. */
  loopback: boolean;
}

const EXPECTED =
  "names of hosts with commas between, or *.<suffix> for all below it, for example *.blob.core.windows.net";
const NAME = /^(?:\*\.[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)$/;

/** A list of hosts as an app setting gives it. */
export const hostsSchema = z
  .string()
  .refine((text) => hostsIn(text).every((host) => NAME.test(host)), { error: EXPECTED })
  .transform(hostsIn)
  .optional();

function hostsIn(text: string): string[] {
  return text.toLowerCase().split(/\s*,\s*|\s+/);
}

/**
 * Suffixes that only Microsoft hands names out under, by cloud
 * (https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure,
 * https://learn.microsoft.com/azure/china/resources-developer-guide; DNS zones of storage accounts:
 * https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints).
 */
const CLOUDS = [
  { language: ["*.cognitiveservices.azure.com"], storage: ["*.blob.core.windows.net", "*.blob.storage.azure.net"] },
  { language: ["*.cognitiveservices.azure.us"], storage: ["*.blob.core.usgovcloudapi.net"] },
  { language: ["*.cognitiveservices.azure.cn"], storage: ["*.blob.core.chinacloudapi.cn"] },
] as const;

/** What is allowed where no setting says otherwise: the cloud's own hosts; which cloud, the first of the app's own addresses that is in one tells. */
export function ownCloud(addresses: readonly string[]): { language: readonly string[]; storage: readonly string[] } {
  const cloudOf = (address: string) =>
    CLOUDS.find(({ language, storage }) => matches(address, [...language, ...storage]));
  return addresses.flatMap((address) => cloudOf(address) ?? [])[0] ?? CLOUDS[0];
}

/** True for an address that may see the app's credentials. */
export function isAllowed(address: string, { hosts, loopback }: Pick<HostRule, "hosts" | "loopback">): boolean {
  if (!URL.canParse(address)) return false;
  if (isLoopback(address)) return loopback || matches(address, hosts);
  return new URL(address).protocol === "https:" && matches(address, hosts);
}

/** Why an address may not, for whoever can change it or the setting. */
export function notAllowed(address: string, { setting, hosts }: HostRule): { message: string; hint: string } {
  const host = URL.canParse(address) ? new URL(address).host : "an address that cannot be read";
  return {
    message: `The application's credentials are not sent to ${host}: only to its own resources and to ${hosts.join(", ")}`,
    hint: `If that host is one of yours, name it in the app setting ${setting}; otherwise somebody named it who should not have.`,
  };
}

function matches(address: string, hosts: readonly string[]): boolean {
  const { host, hostname } = new URL(address);
  return hosts.some((one) =>
    one.startsWith("*.") ? host === hostname && hostname.endsWith(one.slice(1)) : one === host,
  );
}
