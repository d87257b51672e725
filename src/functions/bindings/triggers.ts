import { createRequire } from "node:module";
import type { InvocationContext } from "@azure/functions";
import { z } from "zod";
import { readTriggerSettings } from "../../lib/settings/app-settings.ts";

/** What functions are registered with. The code around it must run whatever the settings are: see `readTriggerSettings`. */
export const triggers = readTriggerSettings(process.env);

/** Flex Consumption takes blob events from Event Grid only; on one machine there is no Event Grid, so it scans. */
export const BLOB_SOURCE =
  process.env.AZURE_FUNCTIONS_ENVIRONMENT === "Development" ? "LogsAndContainerScan" : "EventGrid";

/**
 * The package exists twice, for `import` and for `require`, each with a registry of its own; `@azure/functions` is
 * CommonJS and asks the second, so that is the one to register with.
 */
const extensions: typeof import("@azure/functions-extensions-base") = createRequire(import.meta.url)(
  "@azure/functions-extensions-base",
);

/** Where a blob is, without its content. */
export interface BlobReference {
  container: string;
  name: string;
}

const contentSchema = z.object({ ContainerName: z.string(), BlobName: z.string() });

/**
 * Makes blob triggers with `sdkBinding: true` hand over a plain reference. Without it the worker would load every
 * dropped document into memory, more than once, before the function is asked.
 */
export function registerBlobReferences(): void {
  const resolver = extensions.ResourceFactoryResolver.getInstance();
  if (resolver.hasResourceFactory("AzureStorageBlobs")) return;
  resolver.registerResourceFactory("AzureStorageBlobs", (data) => {
    const [single] = Array.isArray(data) ? data : [data];
    const content = single?.content;
    const { ContainerName, BlobName } = contentSchema.parse(JSON.parse(Buffer.from(content ?? "").toString("utf8")));
    return { container: ContainerName, name: BlobName } satisfies BlobReference;
  });
}

const referenceSchema = z.object({ container: z.string(), name: z.string() });

/**
 * The blob that a trigger speaks of. A host that does not know deferred bindings sends the content itself: then the
 * trigger's metadata tells (`blobTrigger` is `container/name`, as text; the `name` token may have become a number).
 */
export function blobReference(trigger: unknown, context: InvocationContext): BlobReference {
  const reference = referenceSchema.safeParse(trigger);
  if (reference.success) return reference.data;
  const path = String(context.triggerMetadata?.blobTrigger ?? "");
  const slash = path.indexOf("/");
  if (slash <= 0)
    throw new Error(`The blob trigger of ${context.functionName} named no blob (its metadata says "${path}")`);
  return { container: path.slice(0, slash), name: path.slice(slash + 1) };
}
