import * as z from "zod";
import { jsonBody } from "../../http/call.ts";
import { invalidRequest } from "../../http/service-error.ts";
import type { JobRequest, SubmittedTask } from "../../jobs/job.ts";
import { KINDS } from "../../kinds/index.ts";
import type { Generation } from "./generations.ts";

const text = z.string();
const task = z.looseObject({ name: text.nullish(), taskName: text.nullish(), parameters: z.looseObject({}).nullish() });

const submitBody = z.looseObject({
  displayName: text.nullish(),
  analysisInput: z.looseObject({
    documents: z.array(z.looseObject({ id: text, text, language: text.nullish() })),
  }),
  tasks: z.record(text, z.array(task)),
});

/** Reads the body of a submit: tasks are in lists by kind. @throws ServiceError 400 */
export function readSubmit(body: string, generation: Generation): JobRequest {
  const parsed = submitBody.safeParse(jsonBody(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const tasks = Object.entries(parsed.data.tasks).flatMap(([list, entries]) =>
    entries.map((entry, index): SubmittedTask => {
      const kind = generation.lists[list];
      if (kind === undefined) throw unknownList();
      const name = entry[generation.nameField] ?? undefined;
      return {
        kind: KINDS[kind],
        name,
        list,
        pointer: `#/tasks/${list}/${index}`,
        parameters: currentParameters(entry.parameters ?? {}),
      };
    }),
  );
  if (tasks.length === 0) throw unknownList();
  const { displayName, analysisInput } = parsed.data;
  return {
    displayName: displayName ?? undefined,
    documents: analysisInput.documents.map(({ id, text: content, language }) => ({
      id,
      text: content,
      language: language || undefined,
    })),
    tasks,
  };
}

/** As customers of these previews met it: a task list that the version does not know. */
function unknownList(): Error {
  return invalidRequest("Invalid Request.", "InvalidRequest", "InvalidTask in AnalyzeInput");
}

/** Parameters as the current wire spells them: `project-name` becomes `projectName`. */
function currentParameters(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
