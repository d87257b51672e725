import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { inject } from "vitest";

const samples = fileURLToPath(new URL("../../../../samples", import.meta.url));

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

/** A new container with the training texts of a sample project; its name. */
export async function sampleTexts(project: string): Promise<string> {
  const container = await newContainer();
  const folder = `${samples}/training/${project}`;
  const texts = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]);
  await upload(container, Object.fromEntries(texts));
  return container.containerName;
}

export interface SampleFile {
  projectFileVersion: string;
  stringIndexType: string;
  metadata: Record<string, unknown>;
  assets: { projectKind: string; documents: { location: string; language?: string; [field: string]: unknown }[] } & {
    [field: string]: unknown;
  };
}

/** The labels of a sample project as an import under another name, its texts in another container. */
export function sampleFile(sample: string, projectName: string, container: string): SampleFile {
  const file = JSON.parse(readFileSync(`${samples}/labels/${sample}.json`, "utf8")) as SampleFile;
  return { ...file, metadata: { ...file.metadata, projectName, storageInputContainerName: container } };
}

/** A document that no project has learned. */
export function sampleDocument(name: string): string {
  return readFileSync(`${samples}/documents/${name}`, "utf8");
}

/** The labels of the sample tickets as an import of `fresh`, changed. */
export function changedTickets(container: string, change: (file: SampleFile) => void): SampleFile {
  const file = sampleFile("tickets", "fresh", container);
  change(file);
  return file;
}
