import { createSecretKey } from "node:crypto";
import type { TokenCredential } from "@azure/core-auth";
import { type Pipeline, type PipelinePolicy, RestError, tracingPolicyName } from "@azure/core-rest-pipeline";
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import {
  type Pipeline as BlobPipeline,
  BlobServiceClient,
  newPipeline,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import {
  newPipeline as newQueuePipeline,
  type Pipeline as QueuePipeline,
  QueueServiceClient,
} from "@azure/storage-queue";
import { VERSION } from "../common/telemetry.ts";
import type { StorageSettings } from "../settings/storage-settings.ts";

/**
 * How storage is asked, everywhere. The SDK repeats a try that failed (broken connections, 500, 503) after 0, 1 and 3
 * seconds; the call as a whole, content included, ends after the limit, so that a service that never answers holds up
 * neither a lane's step nor the host. The SDK's own timeout only asks the server to give up.
 */
const RETRIES = { maxTries: 4, retryDelayInMs: 1000, maxRetryDelayInMs: 10_000 };
const CALL_LIMIT_MS = 60_000;

/** How storage's own logs name the app's requests, apart from those of the Functions host on the same account. */
const USER_AGENT = `language-batch/${VERSION}`;

export interface StorageClients {
  blobs: BlobServiceClient;
  queues: QueueServiceClient;
}

/** Clients for the storage account that the host itself uses. */
export function createStorageClients(
  settings: StorageSettings,
  makeCredential: (settings: StorageSettings & { kind: "identity" }) => TokenCredential = storageCredential,
): StorageClients {
  if (settings.kind === "connectionString") {
    const { url, credential } = BlobServiceClient.fromConnectionString(settings.connectionString);
    const queues = QueueServiceClient.fromConnectionString(settings.connectionString);
    return clientsAt({ blobs: url, queues: queues.url }, credential);
  }
  return clientsAt({ blobs: settings.blobServiceUri, queues: settings.queueServiceUri }, makeCredential(settings));
}

/** @param callLimitMs for a call, with all its tries and its content */
export function clientsAt(
  urls: { blobs: string; queues: string },
  credential: BlobServiceClient["credential"],
  callLimitMs = CALL_LIMIT_MS,
): StorageClients {
  if (credential instanceof StorageSharedKeyCredential) makeKeyObject(credential);
  const options = { retryOptions: RETRIES, userAgentOptions: { userAgentPrefix: USER_AGENT } };
  return {
    blobs: new LimitedBlobs(urls.blobs, newPipeline(credential, options), callLimitMs),
    queues: new LimitedQueues(urls.queues, newQueuePipeline(credential, options), callLimitMs),
  };
}

/** Another account's blob service; with Entra ID even where the host's own account is reached by a connection string. */
export function blobServiceAt(url: string, settings: StorageSettings): BlobServiceClient {
  const credential = settings.kind === "identity" ? storageCredential(settings) : new DefaultAzureCredential();
  return clientsAt({ blobs: url, queues: url }, credential).blobs;
}

/** The identity that a host connection names: only the app's own, or whatever is signed in. */
function storageCredential(settings: StorageSettings & { kind: "identity" }): TokenCredential {
  const { credential, clientId } = settings;
  if (credential === "managedIdentity") {
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  }
  return new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
}

/**
 * Node.js looks at a key that is bytes anew for each signature: five sixths of what a signature costs, and a tenth of the
 * request. The SDK hands on what it finds in this field, which is private to it: where it is not, the key stays as it is.
 */
function makeKeyObject(credential: StorageSharedKeyCredential): void {
  const key: unknown = Reflect.get(credential, "accountKey");
  if (Buffer.isBuffer(key)) Reflect.set(credential, "accountKey", createSecretKey(key));
}

/**
 * The SDK takes policies of others only in their old form (`factories`), for which it copies each request and its answer
 * there and back: a twelfth of what a request costs. So this one is put where the SDK's own are, which all clients made from
 * a service's client share.
 */
class LimitedBlobs extends BlobServiceClient {
  constructor(url: string, pipeline: BlobPipeline, limitMs: number) {
    super(url, pipeline);
    limit(this.storageClientContext.pipeline, limitMs);
  }
}

class LimitedQueues extends QueueServiceClient {
  constructor(url: string, pipeline: QueuePipeline, limitMs: number) {
    super(url, pipeline);
    limit(this.storageClientContext.queuesClient.pipeline, limitMs);
  }
}

/** Spans of single requests are left out: the app has its own for the work around them, and these are made ready even where nobody takes them. */
function limit(pipeline: Pipeline, limitMs: number): void {
  pipeline.removePolicy({ name: tracingPolicyName });
  pipeline.addPolicy(limitPolicy(limitMs)); // before the SDK's retries
}

function limitPolicy(limitMs: number): PipelinePolicy {
  return {
    name: "languageBatchCallLimit",
    async sendRequest(request, next) {
      const limit = AbortSignal.timeout(limitMs);
      request.abortSignal = limit; // no call of ours brings a signal of its own
      try {
        return await next(request);
      } catch (error) {
        if (!limit.aborted) throw error;
        const message = `${new URL(request.url).host} did not answer within ${limitMs / 1000} seconds`;
        throw new RestError(message, { code: "ETIMEDOUT" });
      }
    },
  };
}
