import picomatch from "picomatch";
import type { Pipeline } from "./pipeline.ts";

/**
 * Names of documents are data, not paths of this machine: upper and lower case differ, a leading dot hides nothing, a
 * backslash is a character, and `**` takes any name, line breaks included.
 */
const OPTIONS = { dot: true, windows: false, strictBrackets: true, flags: "s", debug: true };

/** picomatch would expand `{1..9}` only with a helper, and otherwise quietly takes it for a class of characters. */
const RANGE = /\{[^{},]*\.\.[^{},]*\}/;

const matchers = new WeakMap<Pipeline, (name: string) => boolean>();

/** The pipelines that a document belongs to, in the order of the file; a document may belong to several. */
export function matchPipelines(pipelines: readonly Pipeline[], documentName: string): Pipeline[] {
  const name = withoutDotSegments(documentName);
  return pipelines.filter((pipeline) => matcherOf(pipeline)(name));
}

/** True for a glob that can be understood. */
export function isGlob(glob: string): boolean {
  if (RANGE.test(glob)) return false;
  try {
    picomatch.makeRe(glob, OPTIONS);
    return true;
  } catch {
    return false;
  }
}

function matcherOf(pipeline: Pipeline): (name: string) => boolean {
  const known = matchers.get(pipeline);
  if (known !== undefined) return known;
  const isMatch = picomatch(pipeline.match, OPTIONS);
  const matcher = (name: string) => isMatch(name);
  matchers.set(pipeline, matcher);
  return matcher;
}

/** `.` and `..` are names like any other here, but picomatch never lets a wildcard take them. */
function withoutDotSegments(name: string): string {
  return name.replace(
    /(^|\/)(\.{1,2})(?=\/|$)/g,
    (_, slash: string, dots: string) => slash + "\u2024".repeat(dots.length),
  );
}
