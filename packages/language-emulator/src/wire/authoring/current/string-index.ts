import type { Call } from "../../../http/call.ts";
import { invalidArgument } from "../../../projects/refusals.ts";

/** Authoring counts offsets in UTF-16 code units and wants to hear so. @throws ServiceError 400 */
export function requireUtf16({ query }: Call): void {
  const type = query.get("stringIndexType");
  if (type?.toLowerCase() === "utf16codeunit") return;
  const message = `The value '${type ?? ""}' of stringIndexType is not valid. Supported values Utf16CodeUnit.`;
  throw invalidArgument(message, "stringIndexType");
}
