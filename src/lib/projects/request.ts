import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { createText, readText, replaceText } from "../storage/blobs.ts";
import { parseStored } from "../storage/parse-stored.ts";
import { projectWork } from "./project-name.ts";

/**
 * What somebody wants to be done with a project.
 * - `author`: everything its project file says: create, train, evaluate, deploy.
 * - `train`: a model from the labels that the service has, without deploying it.
 * - `deploy`: a trained model.
 * - `delete`: the project, or one model or deployment of it.
 */
const requestSchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** Two requests with the same id are one; of `author` it is the project file's ETag. */
  id: z.string(),
  action: z.enum(["author", "train", "deploy", "delete"]),
  /** ISO 8601. */
  at: z.string(),
  /** ETag of the last project file that somebody wanted to be carried out. */
  definitionEtag: z.string().optional(),
  /** `train`: name of the model to be; `deploy`: of the trained one, by default the last. */
  modelLabel: z.string().optional(),
  /** `deploy`: name of the deployment, by default the project file's. */
  deploymentName: z.string().optional(),
  /** `deploy`: true to deploy whatever the scores. */
  ignoreThresholds: z.boolean().optional(),
  /** `delete`: only this. */
  only: z.object({ model: z.string().optional(), deployment: z.string().optional() }).optional(),
});

export type ProjectRequest = z.output<typeof requestSchema>;
export type NewRequest = Omit<ProjectRequest, "schemaVersion">;

/** True for the deletion of a whole project. */
export function deletesProject({ action, only }: Pick<ProjectRequest, "action" | "only">): boolean {
  return action === "delete" && only === undefined;
}

export interface StoredRequest {
  request: ProjectRequest | undefined;
  etag: string | undefined;
}

/** The last request for a project. @throws UnreadableBlobError */
export async function readRequest(work: ContainerClient, project: string): Promise<StoredRequest> {
  const name = projectWork.request(project);
  const blob = await readText(work, name);
  if (blob === undefined) return { request: undefined, etag: undefined };
  return { request: parseStored(work, name, blob.text, requestSchema), etag: blob.etag };
}

/** Puts a request in the place of the one that was read. False when another came in between. */
export async function writeRequest(
  work: ContainerClient,
  project: string,
  stored: StoredRequest,
  request: NewRequest,
): Promise<boolean> {
  const name = projectWork.request(project);
  const text = JSON.stringify({ schemaVersion: "1.0", ...request });
  const etag =
    stored.etag === undefined ? await createText(work, name, text) : await replaceText(work, name, text, stored.etag);
  return etag !== undefined;
}
