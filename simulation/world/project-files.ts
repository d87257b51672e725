import { readdirSync, readFileSync } from "node:fs";
import type { World } from "./world.ts";

export const PROJECT = "tickets";
const TRAINING = "tickets-training";
const SAMPLES = new URL("../../samples/", import.meta.url);

/** The labelled texts of a sample, as blobs of a training container. */
function trainingBlobs(): [name: string, text: string][] {
  const texts = readdirSync(new URL("training/tickets/", SAMPLES)).map((name): [string, string] => [
    name,
    readFileSync(new URL(`training/tickets/${name}`, SAMPLES), "utf8"),
  ]);
  return [["labels.json", readFileSync(new URL("labels/tickets.json", SAMPLES), "utf8")], ...texts];
}

/** Puts the texts of the project where the app and the service read them. */
export async function uploadTraining({ storage, language }: World): Promise<void> {
  storage.createContainer("projects");
  const container = storage.createContainer(TRAINING);
  for (const [name, text] of trainingBlobs()) {
    container.put(name, Buffer.from(text), { contentType: "text/plain" });
    await language.putTraining(TRAINING, name, text);
  }
}

/** A project file; each version of it asks for a training of its own. */
export function projectFile(version: number): string {
  return JSON.stringify({
    kind: "CustomSingleLabelClassification",
    apiVersion: "2023-04-01",
    description: `What a ticket is about (version ${version})`,
    language: "en",
    multilingual: true,
    container: TRAINING,
    labels: "labels.json",
    deployment: { name: "production" },
  });
}
