import { randomBytes } from "node:crypto";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { inject } from "vitest";
import { type OwnProject, projectOf, textsOf } from "../own-projects.ts";

/** A new container of the run's storage emulator. */
export async function newContainer(): Promise<ContainerClient> {
  const service = BlobServiceClient.fromConnectionString(inject("storage"));
  const container = service.getContainerClient(`training-${randomBytes(6).toString("hex")}`);
  await container.create();
  return container;
}

/** Writes texts by name. */
export async function upload(container: ContainerClient, texts: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(
    Object.entries(texts).map(([name, text]) =>
      container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text)),
    ),
  );
}

/** A new container with the training texts of a project of the tests; its name. */
export async function sampleTexts(project: string): Promise<string> {
  const container = await newContainer();
  await upload(container, textsOf(project));
  return container.containerName;
}

/** The labels of the tickets as an import of `fresh`, changed. */
export function changedTickets(container: string, change: (file: OwnProject) => void): OwnProject {
  const file = projectOf("tickets", "fresh", container);
  change(file);
  return file;
}
