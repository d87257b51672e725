/**
 * The host's id, under which it keeps its queue and receipts, made of the app's package name so that it is the same on
 * the next start: up to 32 lower-case letters, digits and single hyphens, as storage names allow them.
 */
export function toHostId(packageName: string | undefined): string {
  const id = (packageName ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 32)
    .replace(/-$/, "");
  return id === "" ? "host" : id;
}
