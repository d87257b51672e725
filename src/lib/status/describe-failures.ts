import pMap from "p-map";
import type { z } from "zod";
import { type Age, readCursor, writeCursor } from "../api/common-schemas.ts";
import type { FailedDocument, FailureGroup, failuresAnswerSchema } from "../api/document-schemas.ts";
import { unknownCursor } from "../api/route.ts";
import { recordName } from "../documents/document.ts";
import type { IntakeContext } from "../queueing/accept-document.ts";
import {
  checkPartial,
  type FailureCursor,
  type FailureFilter,
  failureCursorSchema,
  type ListedFailure,
  listFailures,
  readFailure,
  type ToldFailure,
} from "../queueing/list-failures.ts";

/** The most that one listing of storage names: https://learn.microsoft.com/rest/api/storageservices/list-blobs */
const PAGE_SIZE = 5_000;
/** Listings for the groups: 100,000 failures are counted, in a few seconds; beyond, the counts are the least. */
const MOST_PAGES = 20;
/** Listings for one page of documents: what a filter leaves of 20,000 failures; the next page goes on. */
const PAGES_A_REQUEST = 4;
const MOST_EXAMPLES = 3;
const CONCURRENCY = 16;

/** What is asked for of the failures. */
export interface FailureQuery extends Omit<FailureFilter, "from" | "to"> {
  age?: Age | undefined;
  limit: number;
  cursor?: string | undefined;
}

/**
 * What failed or partially succeeded: on the first page grouped by code, then document by document. Nothing is kept
 * beside the records that could part from them; the counts come from listing them, 5,000 in a request, none of them read.
 * @throws RequestRefused for a cursor that is none
 */
export async function describeFailures(
  context: IntakeContext,
  { age, limit, cursor, ...filter }: FailureQuery,
): Promise<z.output<typeof failuresAnswerSchema>> {
  const times = timesOf(age, context.now());
  const from = cursor === undefined ? undefined : (readCursor(failureCursorSchema, cursor) ?? unknownCursor());
  const [counted, page] = await Promise.all([
    from === undefined ? groupFailures(context, { ...filter, ...times }) : {},
    limit === 0 ? { found: [], next: undefined } : findPage(context, { ...filter, ...times }, { limit, from }),
  ]);
  const documents = await pMap(page.found, (failure) => describe(context, failure), { concurrency: CONCURRENCY });
  return {
    ...counted,
    documents: documents.flatMap((document) => document ?? []),
    ...(page.next === undefined ? {} : { nextCursor: writeCursor(page.next) }),
  };
}

/** Undefined for one that is over meanwhile. */
async function describe({ containers }: IntakeContext, failure: ListedFailure): Promise<FailedDocument | undefined> {
  const told = await readFailure(containers, failure);
  if (told === undefined) return undefined;
  const isPartial = failure.source === "partial";
  if (isPartial && (await checkPartial(containers, failure, told.etag)) === undefined) return undefined;
  const { code, hint, task } = told.error;
  const { containerName } = isPartial ? containers.results : containers.failed;
  return {
    pipeline: told.pipeline,
    name: told.document,
    status: isPartial ? "partiallySucceeded" : "failed",
    code,
    ...(task === undefined ? {} : { task }),
    message: publicMessage(told.error),
    hint,
    record: `${containerName}/${recordName(told.pipeline, told.document)}`,
    at: told.at,
  };
}

/** The service's words may quote a document, whose text is nobody's who only reads a list: they stay in the record. */
function publicMessage({ message, source, code }: ToldFailure["error"]): string {
  return source === "reader" || source === "routing"
    ? message
    : `The Language service refused it (${code}); its words are in the record`;
}

/** From an age to times. @param now milliseconds since 1970 */
export function timesOf(age: Age | undefined, now: number): Pick<FailureFilter, "from" | "to"> {
  if (age === undefined) return {};
  return { from: Math.max(0, now - age.most * 1_000), to: now - age.least * 1_000 };
}

async function groupFailures(
  { containers }: IntakeContext,
  filter: FailureFilter,
): Promise<{ total: number; complete: boolean; groups: FailureGroup[] }> {
  const groups = new Map<string, Omit<FailureGroup, "hint" | "message"> & { first: ListedFailure }>();
  let cursor: FailureCursor | undefined = { source: "failed" };
  for (let page = 0; page < MOST_PAGES && cursor !== undefined; page++) {
    const listed = await listFailures(containers, filter, { pageSize: PAGE_SIZE, cursor });
    for (const failure of listed.failures) {
      const { code, task, pipeline, name, source } = failure;
      const group = groups.get(code) ?? {
        ...{ code, count: 0, failed: 0, partiallySucceeded: 0, examples: [], pipelines: {}, tasks: {} },
        first: failure,
      };
      groups.set(code, group);
      group.count++;
      group[source === "failed" ? "failed" : "partiallySucceeded"]++;
      group.pipelines[pipeline] = (group.pipelines[pipeline] ?? 0) + 1;
      if (task !== undefined) group.tasks[task] = (group.tasks[task] ?? 0) + 1;
      if (group.examples.length < MOST_EXAMPLES) group.examples.push(name);
    }
    ({ cursor } = listed);
  }
  const described = await pMap(
    groups.values(),
    async ({ first, ...group }) => {
      const error = (await readFailure(containers, first))?.error;
      return { ...group, hint: error?.hint ?? "", message: error === undefined ? "" : publicMessage(error) };
    },
    { concurrency: CONCURRENCY },
  );
  return {
    total: described.reduce((sum, { count }) => sum + count, 0),
    complete: cursor === undefined,
    groups: described.sort((one, other) => other.count - one.count || one.code.localeCompare(other.code)),
  };
}

/** So many failures that match, and where the next page begins. */
async function findPage(
  { containers }: IntakeContext,
  filter: FailureFilter,
  { limit, from }: { limit: number; from: FailureCursor | undefined },
): Promise<{ found: ListedFailure[]; next: FailureCursor | undefined }> {
  const found: ListedFailure[] = [];
  let cursor: FailureCursor | undefined = from ?? { source: "failed" };
  for (let page = 0; page < PAGES_A_REQUEST && cursor !== undefined; page++) {
    const at: FailureCursor = cursor;
    const listed = await listFailures(containers, filter, { pageSize: PAGE_SIZE, cursor: at });
    const taken = listed.failures.slice(0, limit - found.length);
    found.push(...taken);
    const last = taken.at(-1);
    if (taken.length < listed.failures.length) return { found, next: { ...at, after: last?.blob ?? at.after } };
    ({ cursor } = listed);
    if (found.length === limit) break;
  }
  return { found, next: cursor };
}
