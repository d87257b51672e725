import { createTransport, type TransportOptions } from "../transport.ts";
import { type AuthoringClient, wireOf } from "./authoring.ts";
import { currentAuthoring } from "./current-authoring.ts";
import { previewAuthoring } from "./preview-authoring.ts";

export interface AuthoringClientOptions extends TransportOptions {
  /** Address of the Language resource, no trailing slash. */
  endpoint: string;
  /** As in a project file. */
  apiVersion: string;
}

/**
 * A client for authoring on one Language resource. It waits for nothing: a throttle (10 POST and 100 GET requests a
 * minute, https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#api-limits)
 * is an error of class `throttled`, and the caller decides how to wait.
 * @throws RangeError for an API version that does not exist
 */
export function createAuthoringClient(options: AuthoringClientOptions): AuthoringClient {
  const { endpoint, apiVersion } = options;
  const wire = wireOf(apiVersion);
  if (wire === undefined) throw new RangeError(`No version ${apiVersion} of authoring`);
  const send = createTransport(options);
  return wire === "current" ? currentAuthoring(send, endpoint, apiVersion) : previewAuthoring(send, endpoint);
}
