import { z } from "zod";
import { nearestName, quote, type SettingsProblem } from "../common/problems.ts";
import { shownAddress } from "./endpoint.ts";

/** How the storage account is reached: with a connection string, or with Microsoft Entra ID. */
export type StorageSettings =
  | { kind: "connectionString"; connectionString: string }
  | {
      kind: "identity";
      /** For example `https://account.blob.core.windows.net`, no trailing slash. */
      blobServiceUri: string;
      queueServiceUri: string;
      /** `default`: what `DefaultAzureCredential` finds; `managedIdentity`: only the app's identity. */
      credential: "default" | "managedIdentity";
      /** Client id of a user-assigned identity. */
      clientId?: string | undefined;
    };

const PREFIX = "AzureWebJobsStorage";

const uri = (service: string) => {
  const error = `the https address of the ${service} service, for example https://<account>.${service}.core.windows.net`;
  return z
    .string()
    .trim()
    .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:" && new URL(text).search === "", {
      error,
    })
    .transform((text) => text.replace(/\/+$/, ""))
    .optional();
};

const ACCOUNT_EXPECTED = "the name of a storage account: 3 to 24 lower-case letters and digits";

/**
 * The settings of an identity-based host connection, as the Functions host documents them
 * (https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity).
 */
const identitySchema = z.object({
  accountName: z
    .string()
    .trim()
    .regex(/^[a-z0-9]{3,24}$/, { error: ACCOUNT_EXPECTED })
    .optional(),
  blobServiceUri: uri("blob"),
  queueServiceUri: uri("queue"),
  /** The host's own (Durable history); this application keeps nothing in tables. */
  tableServiceUri: uri("table"),
  credential: z
    .string()
    .regex(/^managedidentity$/i, { error: '"managedidentity", or no such setting' })
    .optional(),
  clientId: z.guid({ error: "the client id (a GUID) of a user-assigned identity" }).optional(),
});

type IdentityName = keyof typeof identitySchema.shape;

const IDENTITY_NAMES = Object.keys(identitySchema.shape) as readonly IdentityName[];

/**
 * Reads where the storage account is from `AzureWebJobsStorage` or its identity forms. As in the host, a connection
 * string wins over the identity forms, and the part after `__` may be in any case.
 * @param problems receives what is wrong; the answer is undefined then
 */
export function readStorageSettings(
  env: Record<string, string | undefined>,
  problems: SettingsProblem[],
): StorageSettings | undefined {
  const connectionString = env[PREFIX]?.trim();
  if (connectionString) {
    const read = readConnectionString(connectionString);
    if ("connectionString" in read) return { kind: "connectionString", connectionString: read.connectionString };
    problems.push({
      where: PREFIX,
      found: read.fault,
      expected:
        "a connection string (AccountName=…;AccountKey=…, or BlobEndpoint=…;QueueEndpoint=…;SharedAccessSignature=…, or UseDevelopmentStorage=true)",
      hint: connectionString.startsWith("@Microsoft.KeyVault(")
        ? "It is a Key Vault reference that was not resolved: check the app's identity and its access to the vault."
        : "Copy it from the storage account's access keys, or use the identity form AzureWebJobsStorage__accountName.",
    });
    return undefined;
  }
  return readIdentity(env, problems);
}

function readIdentity(
  env: Record<string, string | undefined>,
  problems: SettingsProblem[],
): StorageSettings | undefined {
  const before = problems.length;
  const parts = identityParts(env, problems);
  const parsed = identitySchema.safeParse(parts);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = issue.path.join(".");
      const show = name.endsWith("Uri") ? shownAddress : quote;
      problems.push({ where: `${PREFIX}__${name}`, found: show(parts[name]), expected: issue.message });
    }
  }
  if (!parsed.success || problems.length > before) return undefined;
  const { accountName, credential, clientId } = parsed.data;
  const blobServiceUri = parsed.data.blobServiceUri ?? (accountName && `https://${accountName}.blob.core.windows.net`);
  const queueServiceUri =
    parsed.data.queueServiceUri ?? (accountName && `https://${accountName}.queue.core.windows.net`);
  if (blobServiceUri && queueServiceUri) {
    return {
      kind: "identity",
      blobServiceUri,
      queueServiceUri,
      credential: credential === undefined ? "default" : "managedIdentity",
      clientId,
    };
  }
  problems.push({
    where: PREFIX,
    found: blobServiceUri || queueServiceUri ? "only one of the two service addresses" : "nothing",
    expected: `a connection string, or ${PREFIX}__accountName, or both ${PREFIX}__blobServiceUri and ${PREFIX}__queueServiceUri`,
  });
  return undefined;
}

/** The settings `AzureWebJobsStorage__…` by their documented spelling; unknown ones become problems. */
function identityParts(env: Record<string, string | undefined>, problems: SettingsProblem[]): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.toLowerCase().startsWith(`${PREFIX.toLowerCase()}__`) || !value?.trim()) continue;
    const part = name.slice(PREFIX.length + 2);
    const known = IDENTITY_NAMES.find((candidate) => candidate.toLowerCase() === part.toLowerCase());
    if (known !== undefined) {
      parts[known] = value;
      continue;
    }
    const nearest = nearestName(part, IDENTITY_NAMES);
    problems.push({
      where: name,
      found: "a setting that this application would ignore",
      expected: `one of ${IDENTITY_NAMES.map((candidate) => `${PREFIX}__${candidate}`).join(", ")}`,
      hint: nearest === undefined ? undefined : `Did you mean ${quote(`${PREFIX}__${nearest}`)}?`,
    });
  }
  return parts;
}

/** What a storage connection string may hold, by its documented spelling. */
const NAMES = [
  "UseDevelopmentStorage",
  "DevelopmentStorageProxyUri",
  "DefaultEndpointsProtocol",
  "AccountName",
  "AccountKey",
  "SharedAccessSignature",
  "EndpointSuffix",
  "BlobEndpoint",
  "QueueEndpoint",
  "TableEndpoint",
  "FileEndpoint",
] as const;

/** What the host assumes where the connection string does not say. */
const DEFAULTS = { DefaultEndpointsProtocol: "https", EndpointSuffix: "core.windows.net" };

export type ReadConnectionString =
  /** As the storage SDK takes it. */
  | { connectionString: string }
  /** What is wrong, without any value: they are secrets. */
  | { fault: string };

/**
 * Reads a connection string of a storage account. The host takes names in any case and assumes protocol and suffix of
 * the public cloud; the SDK wants all of it written out, so that is added here.
 * (https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string)
 */
export function readConnectionString(text: string): ReadConnectionString {
  const parts = new Map<string, string>();
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const [, name, value] = /^\s*([A-Za-z]+)=(.*?)\s*$/s.exec(part) ?? [];
    if (name === undefined || value === undefined) return { fault: `a text of ${text.length} characters` };
    const known = NAMES.find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? name;
    parts.set(known, known === "SharedAccessSignature" ? value.replace(/^\?/, "") : value);
  }
  if (parts.get("UseDevelopmentStorage")?.toLowerCase() === "true") {
    return { connectionString: written(new Map([...parts, ["UseDevelopmentStorage", "true"]])) };
  }
  const fault = faultOf(parts);
  if (fault !== undefined) return { fault };
  const defaults = parts.get("AccountKey") ? Object.entries(DEFAULTS) : [];
  return { connectionString: written(new Map([...parts, ...defaults.filter(([name]) => !parts.get(name))])) };
}

function faultOf(parts: ReadonlyMap<string, string>): string | undefined {
  const lacks = (name: (typeof NAMES)[number]) => !parts.get(name);
  const protocol = parts.get("DefaultEndpointsProtocol");
  if (protocol && !/^https?$/i.test(protocol)) {
    return "a connection string whose DefaultEndpointsProtocol is neither https nor http";
  }
  if (lacks("AccountKey") && lacks("SharedAccessSignature")) {
    return "a connection string without AccountKey and without SharedAccessSignature";
  }
  if (!lacks("AccountKey")) return lacks("AccountName") ? "a connection string without AccountName" : undefined;
  const missing = (["BlobEndpoint", "QueueEndpoint"] as const).filter(lacks);
  return missing.length === 0
    ? undefined
    : `a connection string with SharedAccessSignature, without ${missing.join(" and ")}`;
}

/** The one with which the SDK recognises the storage emulator comes first. */
function written(parts: ReadonlyMap<string, string>): string {
  const first = [...parts].filter(([name]) => name === "UseDevelopmentStorage");
  const others = [...parts].filter(([name]) => name !== "UseDevelopmentStorage");
  return [...first, ...others].map(([name, value]) => `${name}=${value}`).join(";");
}
