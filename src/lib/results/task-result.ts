import type { DocumentAnswer, ServiceError, Task } from "../language/analysis.ts";
import { hintFor, ruleFor } from "../language/errors/code-rules.ts";
import { errorChain } from "../language/errors/language-error.ts";
import { mergeAnswers } from "./merge/merge-answers.ts";
import type { ChunkOutcome, Fields, Placed } from "./merge/parts.ts";
import type { TaskError, TaskResult } from "./record.ts";

type FailedOutcome = Placed<ChunkOutcome> & { error: ServiceError };

/** Keys that are ours; a field of the service with such a name cannot stand beside them. */
const OURS: ReadonlySet<string> = new Set(["name", "kind", "status", "warnings", "statistics", "error", "chunks"]);

/**
 * The entry of one task in a record. A document of one chunk has its answer as it is; of several, the merged answer and
 * each chunk's own under `chunks`. When the task failed for any chunk, it failed: part of an answer is no answer.
 */
export function buildTaskResult(task: Task, outcomes: readonly Placed<ChunkOutcome>[]): TaskResult {
  const { name, kind } = task;
  const several = outcomes.length > 1;
  const about = foreign(outcomes.find(({ answer }) => answer !== undefined)?.about ?? outcomes[0]?.about ?? {});
  const chunks = several ? { chunks: outcomes.map(chunkResult) } : {};
  const failed = outcomes.find(isFailed);
  if (failed !== undefined) {
    const error = taskError(failed.error, several ? failed : undefined);
    return { name, kind, status: failed.status, ...about, error, warnings: [], ...chunks };
  }
  const parts = outcomes.flatMap(({ offset, length, text, answer }) =>
    answer === undefined ? [] : [{ ...answer, offset, length, text }],
  );
  const content = several ? mergeAnswers(parts, task) : (parts[0]?.content ?? {});
  const warnings = parts.flatMap((part) =>
    part.warnings.map((warning) => (several ? inChunk(warning, part) : warning)),
  );
  return {
    name,
    kind,
    status: "succeeded",
    ...about,
    ...foreign(content),
    warnings,
    ...sumStatistics(parts),
    ...chunks,
  };
}

function chunkResult(outcome: Placed<ChunkOutcome>): NonNullable<TaskResult["chunks"]>[number] {
  const { offset, length, answer } = outcome;
  if (isFailed(outcome)) {
    return { offset, length, status: outcome.status, error: taskError(outcome.error), warnings: [] };
  }
  const { content = {}, warnings = [], statistics } = answer ?? {};
  return {
    offset,
    length,
    status: "succeeded",
    ...foreign(content),
    warnings: [...warnings],
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function isFailed(outcome: Placed<ChunkOutcome>): outcome is FailedOutcome {
  return outcome.error !== undefined;
}

function foreign(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !OURS.has(key)));
}

function inChunk<Warning extends Fields>(warning: Warning, { offset, length }: { offset: number; length: number }) {
  return { ...warning, chunk: { offset, length } };
}

/** Only when the service gave them for every chunk. */
function sumStatistics(parts: readonly DocumentAnswer[]): Pick<TaskResult, "statistics"> {
  const known = parts.flatMap(({ statistics }) => statistics ?? []);
  if (known.length === 0 || known.length < parts.length) return {};
  if (known.length === 1 && known[0] !== undefined) return { statistics: known[0] };
  return {
    statistics: {
      charactersCount: known.reduce((sum, { charactersCount }) => sum + charactersCount, 0),
      transactionsCount: known.reduce((sum, { transactionsCount }) => sum + transactionsCount, 0),
    },
  };
}

const TRIED_OUT =
  "The service did not manage it, though it was tried again. When the service is well, drop the document again; what has a failure record can be redriven too (POST /api/redrive).";

/** An error of the service as a record tells it: its most specific code and message, and what to do now that it is final. */
function taskError(error: ServiceError, chunk?: { offset: number; length: number }): TaskError {
  const chain = errorChain(error);
  const { code, message } = chain.findLast((link) => link.message !== "") ?? error;
  const more = chain.length > 1 || Object.keys(error).some((key) => key !== "code" && key !== "message");
  return {
    code,
    message:
      chunk === undefined ? message : `${message} (in characters ${chunk.offset} to ${chunk.offset + chunk.length})`,
    hint: finalHint(code),
    ...(chunk === undefined ? {} : { chunk: { offset: chunk.offset, length: chunk.length } }),
    ...(more ? { service: error } : {}),
  };
}

/**
 * What to do about a code in a record. While a document is in hand, some codes need nobody; in a record they are what is
 * left after the last attempt.
 */
export function finalHint(code: string): string {
  const rule = ruleFor(code);
  return rule?.class === "transient" || rule?.class === "throttled" ? TRIED_OUT : hintFor(code);
}
