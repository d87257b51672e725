import { buffer } from "node:stream/consumers";
import type { ContainerClient } from "@azure/storage-blob";
import type { TrainingTexts } from "../labels/check-texts.ts";
import { isStatus } from "../storage/blobs.ts";
import { ContainerForbidden, ProjectFailure } from "./errors.ts";

const ROLES = {
  read: "Storage Blob Data Reader (Storage Blob Data Contributor for labelsFromFolders and v1.0-preview.2, which write)",
  "write to": "Storage Blob Data Contributor",
} as const;

/** The training texts in a container. Reading throws as `inTraining` does. */
export function trainingTexts(container: ContainerClient): TrainingTexts {
  return {
    name: `container "${container.containerName}"`,
    async *list() {
      try {
        for await (const { name } of container.listBlobsFlat()) yield name;
      } catch (error) {
        throw explained(container, "read", error);
      }
    },
    async read(location) {
      try {
        const { readableStreamBody } = await container.getBlobClient(location).download();
        return readableStreamBody === undefined ? new Uint8Array() : await buffer(readableStreamBody);
      } catch (error) {
        if (isStatus(error, 404) && error.code !== "ContainerNotFound") return undefined;
        throw explained(container, "read", error);
      }
    },
  };
}

type Way = keyof typeof ROLES;

/**
 * Waits for an access to a training container.
 * @throws ProjectFailure when the container is not there
 * @throws ContainerForbidden when the application has no right to this
 */
export async function inTraining<Result>(
  container: ContainerClient,
  way: Way,
  access: Promise<Result>,
): Promise<Result> {
  try {
    return await access;
  } catch (error) {
    throw explained(container, way, error);
  }
}

function explained({ containerName, accountName }: ContainerClient, way: Way, error: unknown): unknown {
  const where = `container "${containerName}" of storage account "${accountName}"`;
  if (isStatus(error, 404)) {
    return new ProjectFailure({
      code: "ContainerNotFound",
      message: `There is no ${where}`,
      hint: "Correct container in project.json, or name the account that is linked to the Language resource as storageAccount.",
    });
  }
  if (isStatus(error, 403)) {
    return new ContainerForbidden({
      message: `The application may not ${way} the ${where}`,
      hint: `Give the application's identity the role ${ROLES[way]} there; a new role takes a few minutes. Check the account's network rules.`,
    });
  }
  return error;
}
