import { writeIndexTags } from "./index-tags.ts";
import type { Labels } from "./labels.ts";
import { writeNamedTags } from "./named-tags.ts";
import type { LabelsFormat } from "./read-labels.ts";
import { writeAssets } from "./write-assets.ts";

/** Formats that labels can be converted into. */
export type WritableFormat = Exclude<LabelsFormat, "project">;

/**
 * Writes labels without errors in another format. The tags files of the previews have no place for the split between
 * training and test and for what else the assets say; that is lost.
 * @param language of documents that name none
 * @throws RangeError for custom Text Analytics for health, which came after the tags files
 */
export function writeLabels(labels: Labels, format: WritableFormat, language: string): object {
  if (format === "assets") return writeAssets(labels, language);
  if (labels.kind === "CustomHealthcare") throw new RangeError("CustomHealthcare has no tags file");
  return format === "index-tags" ? writeIndexTags(labels, language) : writeNamedTags(labels, language);
}
