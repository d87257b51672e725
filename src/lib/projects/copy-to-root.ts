import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import type { TrainingTexts } from "./labels/check-texts.ts";
import type { Labels } from "./labels/labels.ts";
import { rootName } from "./labels/root-name.ts";
import { inTraining } from "./project-container.ts";

/** Texts copied at once. */
const AT_ONCE = 16;

/** Copies labelled texts out of their folders to the root of their container, and gives the labels for the copies. Throws as `inTraining`. */
export async function copyToRoot(labels: Labels, texts: TrainingTexts, container: ContainerClient): Promise<Labels> {
  const documents = await pMap(
    labels.documents,
    async (document) => {
      const location = rootName(document.location);
      const bytes = await texts.read(document.location);
      if (bytes !== undefined) {
        const blobHTTPHeaders = { blobContentType: "text/plain; charset=utf-8" };
        const copy = container.getBlockBlobClient(location).uploadData(bytes, { blobHTTPHeaders });
        await inTraining(container, "write to", copy);
      }
      return { ...document, location };
    },
    { concurrency: AT_ONCE },
  );
  return { ...labels, documents };
}
