import type { LabelledDocument, LabelsProblems, Region, Span } from "./labels.ts";
import type { LabelLimits } from "./limits.ts";

/**
 * Checks that labelled entities lie where a text is: inside the text and their region, with their ends between
 * characters. Offsets are UTF-16 code units from the text's beginning, not the region's
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-named-entity-recognition/concepts/data-formats).
 */
export function checkSpans(
  document: LabelledDocument,
  text: string,
  limits: LabelLimits,
  problems: LabelsProblems,
): void {
  const name = document.location;
  for (const region of document.regions) {
    const end = endOf(region);
    if (end > text.length) {
      const found = `a region that ends at ${end}`;
      const expected = `an end inside the text, which has ${text.length} characters`;
      problems.error({ code: "RegionOutside", at: region.at, document: name, found, expected });
    }
    for (const span of region.labels) checkSpan(span, region, text, { name, limits, problems });
  }
  const spans = document.regions.flatMap(({ labels }) => labels).toSorted((a, b) => a.offset - b.offset);
  /** The label that reaches farthest: it may overlap more than the next one. */
  let farthest: Span | undefined;
  for (const span of spans) {
    if (farthest !== undefined && span.offset < endOf(farthest)) {
      const found = `a label at ${span.offset} that overlaps the one at ${farthest.offset}`;
      problems.warning({
        code: "OverlappingLabels",
        at: span.at,
        document: name,
        found,
        expected: "one label a place",
      });
    }
    if (farthest === undefined || endOf(span) > endOf(farthest)) farthest = span;
  }
}

function checkSpan(
  { at, offset, length }: Span,
  region: Region,
  text: string,
  { name, limits, problems }: { name: string; limits: LabelLimits; problems: LabelsProblems },
): void {
  const end = endOf({ offset, length });
  const about = { at, document: name, found: `a label from ${offset} to ${end}` };
  const { min, max } = limits.entityCharacters;
  if (length < min || length > max) {
    const expected = `a label of ${min} to ${max} characters`;
    problems.error({ ...about, code: "LabelLength", found: `a label of ${length} characters`, expected });
  }
  if (end > text.length) {
    const expected = `a label inside the text, which has ${text.length} characters`;
    const hint = "Offsets count UTF-16 code units; has the text changed since it was labelled?";
    problems.error({ ...about, code: "LabelOutside", expected, hint });
    return;
  }
  if (offset < region.offset || end > endOf(region)) {
    const expected = `a label inside its region, ${region.offset} to ${endOf(region)}`;
    const hint = "Offsets of labels count from the text's beginning; training looks at the region only.";
    problems.error({ ...about, code: "LabelOutsideRegion", expected, hint });
  }
  if (splitsCharacter(text, offset) || splitsCharacter(text, end)) {
    const hint = "Offsets count UTF-16 code units, two for an emoji.";
    problems.error({ ...about, code: "LabelSplitsCharacter", expected: "ends between characters", hint });
  }
  const labelled = text.slice(offset, end);
  if (labelled !== labelled.trim()) {
    problems.warning({ ...about, code: "LabelWithSpaces", expected: "no white space at its ends" });
  }
}

function endOf({ offset, length }: Pick<Span, "offset" | "length">): number {
  return offset + length;
}

/** True between the two halves of a surrogate pair. */
function splitsCharacter(text: string, offset: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, offset - 1), offset + 1)) && offset > 0;
}
