import type { z } from "zod";
import { RequestRefused } from "../api/route.ts";
import type { estimateAnswerSchema, estimateBodySchema } from "../api/usage-schemas.ts";
import { quote } from "../common/problems.ts";
import { jobLimits, textRecords } from "../language/limits.ts";
import { listDocuments } from "../queueing/list-documents.ts";
import { matchPipelines, type Pipeline } from "../settings/pipeline.ts";
import { moneyOf, type PriceClass, priceClassOf } from "../usage/prices.ts";
import type { StatusContext } from "./describe-pipeline.ts";

/** A listing names at most 5,000 blobs; so many are made for one answer: 200,000 documents, in a few seconds. */
const PAGE_SIZE = 5_000;
const MOST_PAGES = 40;

/** One POST and, first look late, one or two GETs: what a job costs (`docs/operations.md`, Quotas). */
const CALLS_PER_JOB = 3;

/** Documents, and what they come to. */
interface Amount {
  documents: number;
  bytes: number;
  /** For one task. */
  recordsPerTask: number;
  /** What jobs are filled by. */
  characters: number;
}

/**
 * What documents would cost, in money and time. Their lengths are told from their sizes, a byte for a character: plain
 * text in other than Latin letters has fewer characters than bytes, so that it is at most so much.
 * @throws RequestRefused for a pipeline that is not configured
 */
export async function estimate(
  context: StatusContext,
  body: z.output<typeof estimateBodySchema>,
): Promise<z.output<typeof estimateAnswerSchema>> {
  const { documents, meanCharacters, finishInMinutes } = body;
  const pipeline =
    context.pipelines.find(({ name }) => name === body.pipeline) ?? unknownPipeline(context, body.pipeline);
  const isGiven = documents !== undefined && meanCharacters !== undefined;
  const { cursor, ...amount } = isGiven
    ? { cursor: undefined, ...givenAmount(documents, meanCharacters) }
    : await listedAmount(context, pipeline, body);
  const { documents: perJob, textElements } = jobLimits(pipeline);
  const jobs = Math.max(Math.ceil(amount.documents / perJob), Math.ceil(amount.characters / textElements));
  const calls = jobs * CALLS_PER_JOB;
  const resources = context.endpoints(pipeline).length;
  const minutes = calls / (context.callsPerMinute * resources);
  const records: Partial<Record<PriceClass, number>> = {};
  for (const { kind } of pipeline.tasks) {
    records[priceClassOf(kind)] = (records[priceClassOf(kind)] ?? 0) + amount.recordsPerTask;
  }
  return {
    pipeline: pipeline.name,
    documents: amount.documents,
    bytes: amount.bytes,
    textRecords: amount.recordsPerTask * pipeline.tasks.length,
    money: moneyOf(records, context.prices),
    jobs,
    calls,
    minutes: Math.ceil(minutes * 10) / 10,
    quota: { callsPerMinute: context.callsPerMinute, resources },
    ...(finishInMinutes === undefined
      ? {}
      : { resourcesNeeded: Math.ceil(calls / (context.callsPerMinute * finishInMinutes)) }),
    complete: cursor === undefined,
    assumptions: [
      isGiven
        ? "Every document is as long as the mean."
        : "A byte of a document counts as a character: it is at most so much.",
      `Jobs are full (${perJob} documents or ${textElements} characters) and cost ${CALLS_PER_JOB} calls each.`,
      "The resources are asked for nothing else meanwhile, and the lanes suffice to reach their limit.",
      "Money is that of text records, at the first tier of the price.",
    ],
    ...(cursor === undefined ? {} : { nextCursor: cursor }),
  };
}

function unknownPipeline({ pipelines }: StatusContext, name: string): never {
  const message = `There is no pipeline ${quote(name)}; known are: ${pipelines.map((one) => one.name).join(", ")}`;
  throw new RequestRefused(404, { code: "UnknownPipeline", message, hint: "Correct pipeline in the body." });
}

function givenAmount(documents: number, meanCharacters: number): Amount {
  const characters = Math.round(documents * meanCharacters);
  return { documents, bytes: characters, characters, recordsPerTask: documents * textRecords(meanCharacters) };
}

async function listedAmount(
  { containers, pipelines }: StatusContext,
  pipeline: Pipeline,
  { prefix, cursor: from }: { prefix?: string | undefined; cursor?: string | undefined },
): Promise<Amount & { cursor: string | undefined }> {
  const amount: Amount = { documents: 0, bytes: 0, recordsPerTask: 0, characters: 0 };
  let cursor = from;
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await listDocuments(containers.input, { prefix, cursor, pageSize: PAGE_SIZE });
    for (const { name, bytes } of listed.documents) {
      if (!matchPipelines(pipelines, name).includes(pipeline)) continue;
      amount.documents++;
      amount.bytes += bytes;
      amount.characters += bytes;
      amount.recordsPerTask += textRecords(bytes);
    }
    ({ cursor } = listed);
    if (cursor === undefined) break;
  }
  return { ...amount, cursor };
}
