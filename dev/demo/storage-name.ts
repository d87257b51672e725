/** What XML 1.0 cannot hold, and the carriage return, which does not survive the storage SDK's reading of it. */
const NOT_IN_LISTS = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * The name that storage gives a blob: Azure Storage, and Azurite like it, reads each `\` as `/`.
 * @param path of a file in its folder, parts divided by `/`
 * @throws Error with the reason when no blob can have the name. Azure lists names that XML cannot hold in another
 *   encoding; Azurite's lists break on them.
 */
export function storageName(path: string): string {
  const name = path.replaceAll("\\", "/");
  if (name.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new Error(`storage reads "\\" in its name as "/", and "${name}" is no path`);
  }
  const [odd] = NOT_IN_LISTS.exec(name) ?? [];
  if (odd === undefined) return name;
  const code = odd.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  throw new Error(`its name holds U+${code}, which the storage emulator cannot list`);
}
