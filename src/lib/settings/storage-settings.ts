import { z } from "zod";
import { readConnectionString } from "./connection-string.ts";
import { shownAddress } from "./endpoint.ts";
import { nearestName } from "./nearest-name.ts";
import { type SettingsProblem, shown } from "./settings-error.ts";

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
      const show = name.endsWith("Uri") ? shownAddress : shown;
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
      hint: nearest === undefined ? undefined : `Did you mean ${shown(`${PREFIX}__${nearest}`)}?`,
    });
  }
  return parts;
}
