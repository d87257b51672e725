import { LanguageError } from "../language/language-error.ts";
import type { BatchContext } from "./batch-context.ts";

/**
 * Asks the service to analyse one harmless word with the pipeline's tasks. When a refusal may blame the document as
 * well as the settings or the service, this decides it: a service that accepts the canary has refused the document.
 * Costs one text record for each task, and happens only for refusals that the service does not explain.
 * @returns why the canary is refused too; undefined when it is accepted
 */
export async function tryCanary(context: BatchContext): Promise<LanguageError | undefined> {
  const { pipeline, endpoint } = context;
  try {
    await context.client(endpoint, pipeline.apiVersion).submit({
      displayName: "language-batch canary",
      documents: [{ id: "canary", text: "Hello.", language: pipeline.language }],
      tasks: pipeline.tasks,
    });
    return undefined;
  } catch (error) {
    if (error instanceof LanguageError) return error;
    throw error;
  }
}
