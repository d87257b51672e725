import { buffer } from "node:stream/consumers";
import type { ContainerClient } from "@azure/storage-blob";
import { isStatus } from "../storage/blobs.ts";
import type { TrainingTexts } from "./labels/check-texts.ts";
import { ProjectFailure } from "./project-failure.ts";

/** The training texts in a container. Reading throws ProjectFailure when the container cannot be read at all. */
export function trainingTexts(container: ContainerClient): TrainingTexts {
  return {
    name: `container "${container.containerName}"`,
    async *list() {
      try {
        for await (const { name } of container.listBlobsFlat()) yield name;
      } catch (error) {
        throw readableFailure(container, error);
      }
    },
    async read(location) {
      try {
        const { readableStreamBody } = await container.getBlobClient(location).download();
        return readableStreamBody === undefined ? new Uint8Array() : await buffer(readableStreamBody);
      } catch (error) {
        if (isStatus(error, 404) && error.code !== "ContainerNotFound") return undefined;
        throw readableFailure(container, error);
      }
    },
  };
}

function readableFailure({ containerName, accountName }: ContainerClient, error: unknown): unknown {
  const where = `container "${containerName}" of storage account "${accountName}"`;
  if (isStatus(error, 404)) {
    return new ProjectFailure({
      code: "ContainerNotFound",
      message: `There is no ${where}`,
      hint: "Correct container in project.json, or name the account that is linked to the Language resource as storageAccount.",
    });
  }
  if (isStatus(error, 403)) {
    return new ProjectFailure({
      code: "ContainerForbidden",
      message: `The application may not read the ${where}`,
      hint: "Give the application's identity the role Storage Blob Data Reader there (Contributor for v1.0-preview.2, whose labels it writes), then ask again.",
    });
  }
  return error;
}
