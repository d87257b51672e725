import { surroundings } from "../engine/current.ts";

// In place of @azure/identity: tokens of nobody, or none.

export class DefaultAzureCredential {
  getToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    return surroundings().token();
  }
}

export class ManagedIdentityCredential extends DefaultAzureCredential {}
