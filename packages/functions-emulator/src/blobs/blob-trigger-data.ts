import type { BlobClient, BlobGetPropertiesResponse } from "@azure/storage-blob";
import { z } from "zod";
import type { ModelBindingData } from "../core-api.ts";
import { toOffsetTime } from "../typed-data.ts";

/** The numbers of .NET's `BlobType`, which is how the properties of a blob reach an app. */
const blobTypes = ["BlockBlob", "PageBlob", "AppendBlob"];

/**
 * The metadata of a blob trigger (`BlobTriggerBinding.cs`): `BlobTrigger`, `Uri`, `Properties`, `Metadata` and the
 * parameters of the path, which win over the others. `Properties` imitates the JSON of .NET's `BlobProperties`; its
 * ETag is left out, because that JSON holds nothing of use there.
 */
export function blobMetadata(
  blob: BlobClient,
  properties: BlobGetPropertiesResponse,
  parameters: Record<string, string>,
): Record<string, unknown> {
  return {
    BlobTrigger: `${blob.containerName}/${blob.name}`,
    Uri: new Url(blob.url),
    Properties: {
      LastModified: toOffsetTime(properties.lastModified),
      CreatedOn: toOffsetTime(properties.createdOn),
      Metadata: properties.metadata ?? {},
      BlobType: blobTypes.indexOf(properties.blobType ?? "BlockBlob"),
      ContentLength: properties.contentLength ?? 0,
      ContentType: properties.contentType ?? null,
      ContentHash: properties.contentMD5 ? Buffer.from(properties.contentMD5).toString("base64") : null,
      ContentEncoding: properties.contentEncoding ?? null,
      ContentDisposition: properties.contentDisposition ?? null,
      ContentLanguage: properties.contentLanguage ?? null,
      CacheControl: properties.cacheControl ?? null,
      AccessTier: properties.accessTier ?? null,
      IsServerEncrypted: properties.isServerEncrypted ?? false,
    },
    Metadata: properties.metadata ?? {},
    ...parameters,
  };
}

/** A .NET `Uri`: JSON, and so not subject to the parsing that texts undergo. */
class Url {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toJSON(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a function with `sdkBinding: true` gets: a reference, for which the app has registered a resource factory. */
export function blobReference(connectionName: string, container: string, blobName: string): ModelBindingData {
  const content = { Connection: connectionName || "AzureWebJobsStorage", ContainerName: container, BlobName: blobName };
  return {
    version: "1.0",
    source: "AzureStorageBlobs",
    contentType: "application/json",
    content: Buffer.from(JSON.stringify(content)),
  };
}

/** The bytes of the version that the properties are of. @throws Error (412) when it has been replaced. */
export async function blobContent(blob: BlobClient, properties: BlobGetPropertiesResponse): Promise<Buffer> {
  const { contentLength = 0, etag } = properties;
  if (contentLength === 0) return Buffer.alloc(0);
  return blob.downloadToBuffer(0, contentLength, etag === undefined ? {} : { conditions: { ifMatch: etag } });
}

/**
 * A blob that a function is to be run for, as it lies in the host's internal queue (`BlobTriggerMessage.cs`); the same
 * text goes to the poison queue.
 */
export const BlobMessage = z.looseObject({
  Type: z.literal("BlobTrigger").default("BlobTrigger"),
  /** `Host.Functions.<name>`. */
  FunctionId: z.string(),
  /** `BlockBlob`, `AppendBlob` or `PageBlob`. */
  BlobType: z.string(),
  ContainerName: z.string(),
  BlobName: z.string(),
  /** With its quotes. */
  ETag: z.string(),
});

export type BlobMessage = z.infer<typeof BlobMessage>;

/** ETags come with quotes in headers and without in listings and events; messages and receipts have them with. */
export function quoteETag(etag: string): string {
  return `"${etag.replaceAll('"', "")}"`;
}
