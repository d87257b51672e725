import type { ContainerClient } from "@azure/storage-blob";

/**
 * A work container in which something else happens before the texts of a batch are stored: what a slower run of a lane
 * finds changed under it.
 * @param first what happens; @param happened true once it needs not happen again
 */
export function beforeRequests(
  work: ContainerClient,
  first: () => Promise<void>,
  happened: () => boolean,
): ContainerClient {
  return new Proxy(work, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== "getBlockBlobClient") return value.bind?.(target) ?? value;
      return (name: string) => {
        const blob = target.getBlockBlobClient(name);
        if (!name.includes("/requests/") || happened()) return blob;
        const upload = blob.upload.bind(blob);
        blob.upload = async (...args) => {
          await first();
          return upload(...args);
        };
        return blob;
      };
    },
  });
}
