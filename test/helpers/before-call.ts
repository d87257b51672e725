import type { BlobLeaseClient, BlockBlobClient, ContainerClient } from "@azure/storage-blob";

/** Which calls something else happens before. */
interface Call {
  /** Part of the blob's name. */
  blob: string;
  method: keyof BlockBlobClient | keyof BlobLeaseClient;
}

/**
 * A work container in which something else happens before the first such call: what a slower run of a lane finds changed
 * under it.
 */
export function beforeCall(work: ContainerClient, call: Call, first: () => Promise<unknown>): ContainerClient {
  let happening: Promise<unknown> | undefined;
  const watched = <T extends object>(client: T): T =>
    new Proxy(client, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (key === "getBlobLeaseClient") return () => watched(value.call(target));
        if (key !== call.method) return value.bind(target);
        return async (...args: unknown[]) => {
          happening ??= first();
          await happening;
          return value.apply(target, args);
        };
      },
    });
  return new Proxy(work, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== "getBlobClient" && key !== "getBlockBlobClient") return value.bind?.(target) ?? value;
      return (name: string) =>
        name.includes(call.blob) ? watched(value.call(target, name)) : value.call(target, name);
    },
  });
}
