import { isUtf8 } from "node:buffer";
import pMap from "p-map";
import { quote } from "../common/problems.ts";
import { countTextElements } from "../documents/text-elements.ts";
import {
  type LabelledDocument,
  type Labels,
  LabelsProblems,
  type NewProblem,
  type Region,
  type Span,
} from "./labels.ts";
import { type LabelLimits, type LabelRules, labelLimits } from "./limits.ts";

/** Where the training texts are. */
export interface TrainingTexts {
  /** What holds them, for messages: `container "tickets-training"`. */
  name: string;
  /** Names of all texts. */
  list(): AsyncIterable<string>;
  /** Undefined when there is none of this name. */
  read(location: string): Promise<Uint8Array | undefined>;
}

/** Texts read at once. */
const AT_ONCE = 16;

/** Reads each labelled text and checks it, and that labelled entities lie in it. Never shows what a text says. */
export async function checkTexts(
  { documents }: Labels,
  rules: LabelRules,
  texts: TrainingTexts,
  problems: LabelsProblems,
): Promise<void> {
  const outcomes = await pMap(documents, (document) => checkText(document, rules, texts, problems.file), {
    concurrency: AT_ONCE,
  });
  const missing = outcomes.flatMap((outcome) => (outcome.missing ? [outcome.document] : []));
  await reportMissing(missing, texts, problems);
  for (const outcome of outcomes) problems.take(outcome.problems);
}

async function checkText(
  document: LabelledDocument,
  rules: LabelRules,
  texts: TrainingTexts,
  file: string,
): Promise<{ document: LabelledDocument; missing: boolean; problems: LabelsProblems }> {
  const problems = new LabelsProblems(file);
  const bytes = await texts.read(document.location);
  if (bytes === undefined) return { document, missing: true, problems };
  const about = { at: [...document.at, "location"], document: document.location };
  const { characters: limit } = labelLimits(rules);
  const error = (problem: Pick<NewProblem, "code" | "found" | "expected" | "hint">) =>
    problems.error({ ...about, ...problem });
  if (!isUtf8(bytes)) {
    error({ code: "NotUtf8", found: "a text in another encoding", expected: "UTF-8", hint: "Save it as UTF-8." });
    return { document, missing: false, problems };
  }
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") {
    error({ code: "EmptyText", found: "an empty text", expected: "text", hint: "Take it out of the labels." });
  } else {
    const characters = charactersBeyond(text, limit.max);
    const expected = `at most ${limit.max}`;
    if (characters !== undefined)
      error({ code: "TextTooLong", found: `${characters} characters`, expected, hint: "Split the text." });
  }
  if (document.regions.length > 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    const found = "a byte order mark before the text";
    const hint = "Save it without: offsets may be counted with it or not.";
    problems.warning({ ...about, code: "ByteOrderMark", found, expected: "none", hint });
  }
  checkSpans(document, text, labelLimits(rules), problems);
  return { document, missing: false, problems };
}

/**
 * The length of a text that is longer than the limit, in text elements, as the service counts. There are never more of
 * them than UTF-16 code units, so that most texts need no counting.
 */
function charactersBeyond(text: string, max: number): number | undefined {
  if (text.length <= max) return undefined;
  const count = countTextElements(text);
  return count > max ? count : undefined;
}

async function reportMissing(
  documents: readonly LabelledDocument[],
  texts: TrainingTexts,
  problems: LabelsProblems,
): Promise<void> {
  if (documents.length === 0) return;
  const byLowerCase = new Map<string, string>();
  for await (const name of texts.list()) byLowerCase.set(name.toLowerCase(), name);
  for (const { at, location } of documents) {
    const other = byLowerCase.get(location.toLowerCase());
    const advice =
      other === undefined
        ? "Upload it, or take it out of the labels."
        : `There is ${quote(other)}: upper and lower case count.`;
    problems.error({
      code: "TextMissing",
      at: [...at, "location"],
      document: location,
      found: "no such text",
      expected: `it in ${texts.name}`,
      hint: byLowerCase.size === 0 ? `${texts.name} holds no texts at all.` : advice,
    });
  }
}

/**
 * Checks that labelled entities lie where a text is: inside the text and their region, with their ends between
 * characters. Offsets are UTF-16 code units from the text's beginning, not the region's
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-named-entity-recognition/concepts/data-formats).
 */
function checkSpans(document: LabelledDocument, text: string, limits: LabelLimits, problems: LabelsProblems): void {
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
