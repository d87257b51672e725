import type { Call } from "../../../http/call.ts";
import { resourceNotFound } from "../../../http/service-error.ts";
import type { ProjectKind } from "../../../projects/project-file.ts";

/** What one dated version of authoring knows. */
export interface AuthoringVersion {
  readonly name: string;
  readonly kinds: ReadonlySet<ProjectKind>;
  /** Deployments say which resources they are assigned to. */
  readonly assignedResources: boolean;
}

const FIRST: readonly ProjectKind[] = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
];

/** Versions of authoring (azure-rest-api-specs, TypeSpec of text analysis authoring). */
const VERSIONS: ReadonlyMap<string, AuthoringVersion> = new Map(
  [
    ...["2022-05-01", "2022-05-15-preview", "2022-07-01-preview", "2022-10-01-preview", "2023-04-01"].map((name) => ({
      name,
      kinds: new Set(FIRST),
      assignedResources: false,
    })),
    ...["2023-04-15-preview", "2024-11-15-preview", "2025-05-15-preview"].map((name) => ({
      name,
      kinds: new Set<ProjectKind>([...FIRST, "CustomHealthcare"]),
      assignedResources: true,
    })),
  ].map((version) => [version.name, version]),
);

/** The version that a call asks for. @throws ServiceError 404 of the gateway (assumed) when there is none of that name */
export function requireVersion(call: Call): AuthoringVersion {
  const version = VERSIONS.get(call.query.get("api-version") ?? "");
  if (version === undefined) throw resourceNotFound();
  return version;
}
