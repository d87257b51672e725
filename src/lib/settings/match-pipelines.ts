import { type Glob, parseGlob } from "./glob.ts";
import type { Pipeline } from "./pipeline.ts";

const globs = new WeakMap<Pipeline, Glob>();

/** The pipelines that a document belongs to, in the order of the file; a document may belong to several. */
export function matchPipelines(pipelines: readonly Pipeline[], documentName: string): Pipeline[] {
  return pipelines.filter((pipeline) => globOf(pipeline)(documentName));
}

function globOf(pipeline: Pipeline): Glob {
  const glob = globs.get(pipeline) ?? parseGlob(pipeline.match) ?? (() => false);
  globs.set(pipeline, glob);
  return glob;
}
