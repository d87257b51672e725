import { RequestRefused } from "../common/request-refused.ts";

/** Refuses a cursor that no answer gave. */
export function unknownCursor(): never {
  const message = "The cursor is none that an answer gave";
  const hint = "Send nextCursor of the answer before as it is, with the same parameters; or none to begin anew.";
  throw new RequestRefused(400, { code: "InvalidCursor", message, hint });
}
