import { firstLine } from "../logging/first-line.ts";
import { isStatus } from "../storage/blobs.ts";
import type { Held } from "./state.ts";

/** What the identity library calls an identity that is not there or not let in; each of its ways has a name of its own. */
const NO_TOKEN = /^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)Error$/;

const ROLE =
  'Give the application\'s identity the role "Storage Blob Data Contributor" on that storage account; a new role takes a few minutes.';

/** Why the storage account does not let the application in, and what to do; undefined for any other error. */
export function storageTrouble(error: unknown): Held["reason"] | undefined {
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
