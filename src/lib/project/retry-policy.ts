import { backoffSeconds, retryAfter } from "../common/backoff.ts";
import { firstLine } from "../common/log.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import { isStatus } from "../storage/blobs.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import { ContainerForbidden } from "./errors.ts";
import type { Held } from "./state.ts";

/** What a failed step means: wait and try again, or give up. */
export type Trouble = HeldUp | { kind: "refused"; reason: Held["reason"] };

export interface HeldUp {
  kind: "held";
  held: Held;
  pauseSeconds: number;
}

/** First pauses, seconds; they double from try to try, up to the longest. */
const PAUSES = {
  blocked: { first: 5, longest: Number.POSITIVE_INFINITY },
  throttled: { first: 6, longest: 60 },
  retrying: { first: 2, longest: 60 },
} as const;

const KINDS = { blocked: "blocked", throttled: "throttled", transient: "retrying" } as const;

/**
 * Judges a step that failed.
 * @param earlier what held the work up before this step
 * @param now milliseconds since 1970
 * @param longestBlockedSeconds the pause grows up to this while a right or setting is wrong
 */
export function classifyFailure(
  error: unknown,
  { earlier, now, longestBlockedSeconds }: { earlier: Held | undefined; now: number; longestBlockedSeconds: number },
): Trouble {
  const wrong = wrongHere(error);
  const reason = wrong ?? reasonOf(error);
  if (error instanceof LanguageError && error.class === "document") return { kind: "refused", reason };
  const kind = wrong === undefined ? kindOf(error) : "blocked";
  const isSame = earlier?.kind === kind;
  const held: Held = {
    kind,
    since: isSame ? earlier.since : new Date(now).toISOString(),
    times: isSame ? earlier.times + 1 : 1,
    reason,
  };
  const { first, longest } = PAUSES[kind];
  const growing = backoffSeconds(held.times, first, Math.min(longest, longestBlockedSeconds));
  const asked = error instanceof LanguageError && kind !== "blocked" ? retryAfter(error.retryAfterSeconds) : undefined;
  return { kind: "held", held, pauseSeconds: asked ?? growing };
}

/** What somebody has to put right on our side of the service. */
function wrongHere(error: unknown): Held["reason"] | undefined {
  if (error instanceof ContainerForbidden) return error.reason;
  if (!(error instanceof UnreadableBlobError)) return storageTrouble(error);
  return { code: "UnreadableBlob", message: error.message, hint: "Until then nothing is done with this project." };
}

function kindOf(error: unknown): Held["kind"] {
  return error instanceof LanguageError && error.class !== "document" ? KINDS[error.class] : "retrying";
}

function reasonOf(error: unknown): Held["reason"] {
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
function storageTrouble(error: unknown): Held["reason"] | undefined {
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
