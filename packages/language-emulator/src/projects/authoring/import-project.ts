import type { JobPlan } from "../../jobs/job.ts";
import type { Operation } from "../operations/operation.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";
import { invalidArgument } from "../refusals.ts";
import { type Authoring, refuseOrFail } from "./authoring.ts";
import { checkAssets, checkLocations } from "./check-assets.ts";
import { checkContainer, checkProject } from "./set-project.ts";

/**
 * Accepts an import: settings and labels of the project are replaced, its models and deployments stay.
 * @throws ServiceError
 */
export async function importProject(
  authoring: Authoring,
  { metadata, assets }: { metadata: ProjectMetadata; assets?: ProjectAssets | undefined },
  plan: JobPlan,
): Promise<Operation> {
  checkProject(authoring, metadata);
  if (assets !== undefined) {
    if (assets.projectKind !== metadata.projectKind) {
      const message = `The assets are of kind ${assets.projectKind}, the project is a ${metadata.projectKind}.`;
      throw invalidArgument(message, "assets.projectKind");
    }
    checkAssets(assets);
    checkLocations(assets);
  }
  const read = await refuseOrFail(authoring.problems ?? "refuse", () => checkContainer(authoring, metadata));
  const work = { kind: "import", metadata, ...(assets === undefined ? {} : { assets }) } as const;
  return authoring.desk.start(
    "current",
    metadata.projectName,
    work,
    plan,
    "failure" in read ? read.failure : plan.failure,
  );
}
