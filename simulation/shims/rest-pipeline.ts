import type { HttpClient } from "@azure/core-rest-pipeline";
import { surroundings } from "../engine/current.ts";

// In place of @azure/core-rest-pipeline where the transport imports it: all of it, but for the way out.

export * from "@azure/core-rest-pipeline";

export function createDefaultHttpClient(): HttpClient {
  return surroundings().httpClient;
}
