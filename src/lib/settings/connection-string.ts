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
