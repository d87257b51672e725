import { type HeldState, type Hold, type HoldReason, holdAfter } from "../common/hold.ts";
import { firstLine } from "../common/log.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import { isStatus } from "../storage/blobs.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import { ContainerForbidden } from "./errors.ts";

/** What a failed step means: wait and try again, or give up. */
export type FailureAction = Holding | { kind: "refuse"; reason: HoldReason };

export interface Holding {
  kind: "hold";
  hold: Hold;
  pauseSeconds: number;
}

/** Pauses, seconds; they double from try to try, up to the longest. */
const PAUSES = {
  blocked: { firstSeconds: 5, longestSeconds: Number.POSITIVE_INFINITY },
  throttled: { firstSeconds: 6, longestSeconds: 60 },
  retrying: { firstSeconds: 2, longestSeconds: 60 },
} as const;

const STATES = { blocked: "blocked", throttled: "throttled", transient: "retrying" } as const;

/**
 * Judges a step that failed.
 * @param before what held the work up until now; something else that is wrong begins to count anew
 * @param now milliseconds since 1970
 * @param longestBlockedSeconds no pause is longer, but one that the service asks for
 */
export function classifyFailure(
  error: unknown,
  { before, now, longestBlockedSeconds }: { before: Hold | undefined; now: number; longestBlockedSeconds: number },
): FailureAction {
  const ours = wrongHere(error);
  const reason = ours ?? reasonOf(error);
  if (error instanceof LanguageError && error.class === "document") return { kind: "refuse", reason };
  const state = ours === undefined ? stateOf(error) : "blocked";
  const retryAfterSeconds = error instanceof LanguageError && state !== "blocked" ? error.retryAfterSeconds : undefined;
  const { firstSeconds, longestSeconds } = PAUSES[state];
  const limits = { now, firstSeconds, longestSeconds: Math.min(longestSeconds, longestBlockedSeconds) };
  const same = before?.state === state ? before : undefined;
  return { kind: "hold", ...holdAfter({ state, reason, retryAfterSeconds }, same, limits) };
}

/** What somebody has to put right on our side of the service. */
function wrongHere(error: unknown): HoldReason | undefined {
  if (error instanceof ContainerForbidden) return error.reason;
  if (!(error instanceof UnreadableBlobError)) return storageRefusal(error);
  return { code: "UnreadableBlob", message: error.message, hint: "Until then nothing is done with this project." };
}

function stateOf(error: unknown): HeldState {
  return error instanceof LanguageError && error.class !== "document" ? STATES[error.class] : "retrying";
}

function reasonOf(error: unknown): HoldReason {
  if (error instanceof LanguageError) return { code: error.code, message: error.message, hint: error.hint };
  return {
    code: "StepFailed",
    message: `Work on the project failed: ${firstLine(error).slice(0, 500)}`,
    hint: "It is tried again. If this lasts, look at the storage account and the logs.",
  };
}

/** What the identity library calls an identity that is not there or not let in; each of its ways has a name of its own. */
const NO_TOKEN = /^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)Error$/;

const ROLE =
  'Give the application\'s identity the role "Storage Blob Data Contributor" on that storage account; a new role takes a few minutes.';

/** Why the storage account does not let the application in, and what to do; undefined for any other error. */
function storageRefusal(error: unknown): HoldReason | undefined {
  if (isStatus(error, 401, 403)) {
    const host = error.request === undefined ? "" : ` ${new URL(error.request.url).host}`;
    const code = error.code === undefined ? "" : ` (${error.code})`;
    return {
      code: "StorageForbidden",
      message: `The storage account${host} refused the application with HTTP ${error.statusCode}${code}`,
      hint: `${ROLE} Check the account's network rules.`,
    };
  }
  if (!(error instanceof Error) || !NO_TOKEN.test(error.name)) return undefined;
  return {
    code: "CredentialUnavailable",
    message: `Microsoft Entra ID gave no token for the storage account: ${firstLine(error).trim().slice(0, 500)}`,
    hint: `Give the application a managed identity (or sign in with the Azure CLI on this machine). ${ROLE}`,
  };
}
