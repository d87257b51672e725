import type { TokenCredential } from "@azure/core-auth";
import { firstLine } from "../logging/first-line.ts";
import { errorOfOurs } from "./errors/error-of-ours.ts";

/**
 * The same credential, with its failures as errors of ours: a token that cannot be had blocks a lane, and must not be
 * taken for a fault of the Language service.
 */
export function namedTokenErrors(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        const message = `Microsoft Entra ID gave no token for the Language service${reason(error)}`;
        throw errorOfOurs("CredentialUnavailable", message);
      }
    },
  };
}

/** The first line of an identity error says what was tried; the rest is a report of many lines. */
function reason(error: unknown): string {
  const line = error instanceof Error ? firstLine(error) : "";
  return line ? `: ${line.trim()}` : "";
}
