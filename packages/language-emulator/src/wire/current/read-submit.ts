import * as z from "zod";
import type { ApiVersion } from "../../api-versions.ts";
import { jsonBody } from "../../http/call.ts";
import { invalidRequest } from "../../http/service-error.ts";
import type { JobRequest, SubmittedTask } from "../../jobs/job.ts";
import { KINDS } from "../../kinds/index.ts";

const text = z.string();

const submitBody = z.looseObject({
  displayName: text.nullish(),
  analysisInput: z.looseObject({
    documents: z.array(z.looseObject({ id: text, text, language: text.nullish() })),
  }),
  tasks: z
    .array(z.looseObject({ kind: text, taskName: text.nullish(), parameters: z.looseObject({}).nullish() }))
    .min(1, "At least one task is required."),
  defaultLanguage: text.nullish(),
  cancelAfter: z.number().positive().nullish(),
});

/** Reads the body of a submit. @throws ServiceError 400 for a wrong form, or a kind that the version does not know */
export function readSubmit(body: string, version: ApiVersion): JobRequest {
  const parsed = submitBody.safeParse(jsonBody(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const { displayName, analysisInput, tasks, defaultLanguage, cancelAfter } = parsed.data;
  return {
    displayName: displayName ?? undefined,
    documents: analysisInput.documents.map(({ id, text: content, language }) => ({
      id,
      text: content,
      language: language || undefined,
    })),
    tasks: tasks.map((task, index): SubmittedTask => {
      const kind = Object.values(KINDS).find((candidate) => candidate.kind === task.kind);
      if (kind === undefined || !version.kinds.has(kind.kind)) {
        const message = `The task kind '${task.kind}' is not supported. Supported values ${[...version.kinds].join(",")}.`;
        throw invalidRequest("Invalid Request.", "InvalidRequest", message);
      }
      return {
        kind,
        name: task.taskName ?? undefined,
        pointer: `#/tasks/items/${index}`,
        parameters: task.parameters ?? {},
      };
    }),
    cancelAfterSeconds: version.cancelsItself ? (cancelAfter ?? undefined) : undefined,
    detection: version.detectsLanguage ? { defaultLanguage: defaultLanguage || "en" } : undefined,
  };
}
