import { z } from "zod";
import type { DocumentAnswer, ServiceError, TaskKind } from "../analysis.ts";
import type { WireDocument } from "../generation.ts";
import { contentSchema } from "./content-schema.ts";
import { localRefs } from "./local-refs.ts";

const warningSchema = z.looseObject({ code: z.string().catch("Unknown"), message: z.string().catch("") });

/** What stands around every kind of answer. It is beside the point of the answer, so no form of it spoils the answer. */
const edgeSchema = z.looseObject({
  id: z.string(),
  warnings: z
    .array(z.unknown())
    .catch([])
    .transform((warnings) => warnings.flatMap((warning) => warningSchema.safeParse(warning).data ?? [])),
  statistics: z.looseObject({ charactersCount: z.int(), transactionsCount: z.int() }).optional().catch(undefined),
});

/**
 * Reads what a task says about one document into the fields of a result: classes under one name, refs local to the
 * answer, everything else as it came.
 * @returns an error of ours in place of an answer without what the kind of task is asked for
 */
export function readDocument(kind: TaskKind, wire: WireDocument): DocumentAnswer | ServiceError {
  const edge = edgeSchema.safeParse(localRefs(wire));
  if (!edge.success) return unreadable(wire, edge.error);
  const { id: _, warnings, statistics, ...fields } = edge.data;
  const content = contentSchema(kind).safeParse(isClassification(kind) ? withClasses(fields) : fields);
  if (!content.success) return unreadable(wire, content.error);
  return { content: content.data, warnings, statistics };
}

/** True for an answer, false for the error that stands in its place. */
export function isAnswer(outcome: DocumentAnswer | ServiceError): outcome is DocumentAnswer {
  return "content" in outcome;
}

function isClassification(kind: TaskKind): boolean {
  return kind === "CustomSingleLabelClassification" || kind === "CustomMultiLabelClassification";
}

/** `class` (current wire), `classes` (ct.1), `classification` and `classifications` (v3.2-preview.2). */
function withClasses(fields: Record<string, unknown>): Record<string, unknown> {
  const { class: current, classes, classification, classifications, ...rest } = fields;
  const found = classes ?? current ?? classifications ?? classification;
  return { classes: Array.isArray(found) || found === undefined ? found : [found], ...rest };
}

/** What was paid for stays with the error, as it came. */
function unreadable(answer: WireDocument, error: z.ZodError): ServiceError {
  const [issue] = error.issues;
  const message = `The service's answer about this document is not what this task answers (${issue?.path.join(".")}: ${issue?.message})`;
  return { code: "UnreadableAnswer", message, answer };
}
