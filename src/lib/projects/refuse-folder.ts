import { shown } from "../settings/settings-error.ts";
import { createText } from "../storage/blobs.ts";
import type { AuthorContext } from "./author-context.ts";
import { misnamedFolder, NAME_EXPECTED, projectFiles } from "./project-name.ts";
import type { ProjectStatus } from "./project-status.ts";

/**
 * Tells whoever dropped a project file into a folder that cannot be a project's, with a status beside it; a status that
 * is there is left as it is. Does nothing for any other blob.
 */
export async function refuseFolder(
  { containers, now }: Pick<AuthorContext, "containers" | "now">,
  blobName: string,
): Promise<void> {
  const folder = misnamedFolder(blobName);
  if (folder === undefined) return;
  const status: ProjectStatus = {
    schemaVersion: "1.0",
    project: folder,
    state: "failed",
    running: false,
    error: {
      code: "InvalidName",
      message: `The folder ${shown(folder)} cannot be a project's: a project is named by its folder`,
      hint: `Move the project file into a folder whose name is ${NAME_EXPECTED}.`,
    },
    updatedAt: new Date(now()).toISOString(),
  };
  await createText(containers.projects, projectFiles.status(folder), `${JSON.stringify(status, null, 2)}\n`);
}
