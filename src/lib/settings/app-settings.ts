import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { mapValues, nearestName, quote, SettingsError, type SettingsProblem } from "../common/problems.ts";
import { type Prices, pricesSchema } from "../usage/prices.ts";
import {
  APP_SETTINGS,
  CONTAINER_SETTINGS,
  NUMBER_SETTINGS,
  type NumberSetting,
  TEXT_SETTINGS,
} from "./app-settings-table.ts";
import { endpointSchema, type HostRule, hostsSchema, KEY_SETTING, ownCloud, shownAddress } from "./endpoint.ts";
import { readStorageSettings, type StorageSettings } from "./storage-settings.ts";

type Tunables = { readonly [Key in keyof typeof NUMBER_SETTINGS]: number };
type Containers = { readonly [Key in keyof typeof CONTAINER_SETTINGS]: string };

/** The app settings, checked. What each tunable does, and its unit, stands in `app-settings-table.ts`. */
export interface AppSettings extends Tunables {
  readonly storage: StorageSettings;
  /** Address of the default Language resource, no trailing slash. */
  readonly languageEndpoint: string;
  /** Key of that resource; absent: Microsoft Entra ID. */
  readonly languageKey?: string | undefined;
  /** Keys of further resources, by the app setting that holds each. */
  readonly languageKeys: Readonly<Record<string, string>>;
  readonly containers: Containers;
  /** Whether projects are worked on. */
  readonly authoring: boolean;
  /** Where the app's credentials may go. */
  readonly allowed: { readonly language: HostRule; readonly storage: HostRule };
  /** Queue that is told of documents that ended; absent: none. */
  readonly completedQueue?: string | undefined;
  /** What text records cost. */
  readonly prices: Prices;
  /** File with the pipelines, as given. */
  readonly pipelinesFile: string;
}

/** Rules for container names: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#container-names */
const CONTAINER_NAME = /^(?!azure-webjobs-)[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/;
const CONTAINER_EXPECTED =
  "a container name: 3 to 63 lower-case letters, digits and single hyphens, not one of the host's own (azure-webjobs-…)";
/** Rules for queue names: https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata#queue-names; those of pipelines are lb-… and lbx-…. */
const QUEUE_NAME = /^(?!lbx?-|azure-webjobs-)[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/;
const QUEUE_EXPECTED =
  "a queue name: 3 to 63 lower-case letters, digits and single hyphens, not one of the app's own (lb-…, lbx-…) or the host's (azure-webjobs-…)";
const KEY_EXPECTED = "a key: printable characters without spaces";

const container = (fallback: string) =>
  z.string().regex(CONTAINER_NAME, { error: CONTAINER_EXPECTED }).default(fallback);

const tunable = ({ default: fallback, min, max, unit }: NumberSetting) => {
  const error = `a whole number of ${unit} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, { error })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }))
    .default(fallback);
};

const schema = z.object({
  languageEndpoint: endpointSchema,
  languageKey: z
    .string()
    .regex(/^(?!@Microsoft\.KeyVault\()[\x21-\x7e]+$/, { error: KEY_EXPECTED })
    .optional(),
  authoring: z
    .enum(["true", "false"], { error: "true or false" })
    .default(TEXT_SETTINGS.authoring.default)
    .transform((text) => text === "true"),
  allowedLanguageHosts: hostsSchema,
  allowedStorageHosts: hostsSchema,
  completedQueue: z.string().regex(QUEUE_NAME, { error: QUEUE_EXPECTED }).optional(),
  prices: pricesSchema,
  pipelinesFile: z.string().default(TEXT_SETTINGS.pipelinesFile.default),
  telemetryExporter: z.enum(["otlp", "console"], { error: "otlp or console, or nothing" }).optional(),
  containers: z.object(mapValues(CONTAINER_SETTINGS, (row) => container(row.default))),
  numbers: z.object(mapValues(NUMBER_SETTINGS, tunable)),
});

/**
 * Reads the app settings from the environment. An empty value counts as absent.
 * @throws SettingsError listing every problem
 */
export function readAppSettings(env: Record<string, string | undefined>): AppSettings {
  const read = ({ name }: { name: string }) => env[name]?.trim() || undefined;
  const raw = {
    languageEndpoint: read(TEXT_SETTINGS.languageEndpoint),
    languageKey: read(TEXT_SETTINGS.languageKey),
    authoring: read(TEXT_SETTINGS.authoring),
    allowedLanguageHosts: read(TEXT_SETTINGS.allowedLanguageHosts),
    allowedStorageHosts: read(TEXT_SETTINGS.allowedStorageHosts),
    completedQueue: read(TEXT_SETTINGS.completedQueue),
    prices: read(TEXT_SETTINGS.prices),
    pipelinesFile: read(TEXT_SETTINGS.pipelinesFile),
    telemetryExporter: read(TEXT_SETTINGS.telemetryExporter),
    containers: mapValues(CONTAINER_SETTINGS, read),
    numbers: mapValues(NUMBER_SETTINGS, read),
  };
  const problems: SettingsProblem[] = [];
  const storage = readStorageSettings(env, problems);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => describeIssue(issue, env)));
  problems.push(...sharedContainers(raw.containers), ...mistypedNames(env));
  if (parsed.success) problems.push(...contradictions(parsed.data));
  if (storage === undefined || !parsed.success || problems.length > 0)
    throw new SettingsError("App settings", problems);
  const { numbers, allowedLanguageHosts, allowedStorageHosts, ...settings } = parsed.data;
  const { languageEndpoint } = settings;
  const accounts = storage.kind === "identity" ? [storage.blobServiceUri] : [];
  const cloud = ownCloud([languageEndpoint, ...accounts]);
  const rule = ({ name }: { name: string }, own: readonly string[], others: readonly string[]): HostRule => ({
    setting: name,
    hosts: [...new Set([...own.map((address) => new URL(address).host), ...others])],
    loopback: env.AZURE_FUNCTIONS_ENVIRONMENT === "Development",
  });
  const allowed = {
    language: rule(TEXT_SETTINGS.allowedLanguageHosts, [languageEndpoint], allowedLanguageHosts ?? cloud.language),
    storage: rule(TEXT_SETTINGS.allowedStorageHosts, accounts, allowedStorageHosts ?? cloud.storage),
  };
  return { storage, allowed, ...settings, ...numbers, languageKeys: keysIn(env) };
}

/** The keys that pipelines may name by their settings; LANGUAGE_KEY is one of them. */
function keysIn(env: Record<string, string | undefined>): Record<string, string> {
  const set = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ""] as const);
  return Object.fromEntries(set.filter(([name, value]) => KEY_SETTING.test(name) && value !== ""));
}

/**
 * What the triggers are registered with. A value that cannot be used counts as absent: every function has to be there for
 * the health of the app to be asked, and for the settings to be told as wrong.
 */
export function readTriggerSettings(env: Record<string, string | undefined>) {
  const { authoring, containers, numbers } = schema.shape;
  const read = <T>(type: z.ZodType<T>, { name }: { name: string }): T =>
    type.safeParse(env[name]?.trim() || undefined).data ?? type.parse(undefined);
  return {
    authoring: read(authoring, TEXT_SETTINGS.authoring),
    inputContainer: read(containers.shape.input, CONTAINER_SETTINGS.input),
    projectsContainer: read(containers.shape.projects, CONTAINER_SETTINGS.projects),
    sweepIntervalMinutes: read(numbers.shape.sweepIntervalMinutes, NUMBER_SETTINGS.sweepIntervalMinutes),
  };
}

function describeIssue(issue: z.core.$ZodIssue, env: Record<string, string | undefined>): SettingsProblem {
  const row = rowAt(issue.path);
  const value = env[row.name]?.trim() || undefined;
  const problem = { where: row.name, expected: issue.message };
  if (row === TEXT_SETTINGS.languageEndpoint) return { ...problem, found: shownAddress(value) };
  if (row !== TEXT_SETTINGS.languageKey) return { ...problem, found: quote(value) };
  if (!value?.startsWith("@Microsoft.KeyVault(")) return { ...problem, found: "a value that cannot be a key" };
  return {
    ...problem,
    found: "a Key Vault reference that was not resolved",
    hint: "Check the app's identity and its access to the vault.",
  };
}

/** The row of the table that a path into the raw settings speaks of. */
function rowAt(path: readonly PropertyKey[]): { name: string } {
  const [first, second] = path.map(String);
  const table: Record<string, { name: string }> =
    first === "containers" ? CONTAINER_SETTINGS : first === "numbers" ? NUMBER_SETTINGS : TEXT_SETTINGS;
  return table[second ?? first ?? ""] ?? { name: path.join(".") };
}

/** Two containers in one: a result dropped into the input would be analysed again for ever. */
function sharedContainers(raw: Record<keyof Containers, string | undefined>): SettingsProblem[] {
  const owners = new Map<string, string>();
  const problems: SettingsProblem[] = [];
  for (const [key, row] of Object.entries(CONTAINER_SETTINGS)) {
    const name = raw[key as keyof Containers] ?? row.default;
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, row.name);
    else
      problems.push({
        where: row.name,
        found: `${quote(name)}, which is also ${owner}`,
        expected: "a container of its own",
      });
  }
  return problems;
}

/** More slips than this, and a name is taken for a setting of another program. */
const MOST_SLIPS = 2;

/** Settings that are almost ours, while the one that was meant is not set. */
function mistypedNames(env: Record<string, string | undefined>): SettingsProblem[] {
  const missing = APP_SETTINGS.map((row) => row.name).filter((name) => !env[name]?.trim());
  return Object.keys(env).flatMap((name) => {
    const nearest = nearestName(name, missing);
    if (nearest === undefined || nearest === name || KEY_SETTING.test(name)) return [];
    if (distance(name.toLowerCase(), nearest.toLowerCase()) > MOST_SLIPS) return [];
    return [{ where: name, found: "a setting that nothing reads", expected: nearest, hint: "Correct the name." }];
  });
}

function contradictions({ numbers, languageEndpoint, languageKey }: z.output<typeof schema>): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  if (numbers.firstPollSeconds > numbers.longestPollSeconds) {
    problems.push({
      where: NUMBER_SETTINGS.firstPollSeconds.name,
      found: String(numbers.firstPollSeconds),
      expected: `at most ${NUMBER_SETTINGS.longestPollSeconds.name}, which is ${numbers.longestPollSeconds}`,
    });
  }
  if (languageKey === undefined && languageEndpoint.startsWith("http:")) {
    problems.push({
      where: TEXT_SETTINGS.languageKey.name,
      found: "nothing",
      expected: `a key, because ${TEXT_SETTINGS.languageEndpoint.name} is http and Entra ID tokens are sent over https only`,
    });
  }
  return problems;
}
