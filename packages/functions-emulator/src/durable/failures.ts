import type { FailureDetails } from "./history.ts";

/** The error of a function as a `TaskFailed` or `SubOrchestrationInstanceFailed` event tells it. */
export interface Failure {
  Reason: string;
  Details: string;
  FailureDetails?: FailureDetails;
}

/** What an activity threw. The two texts are always there; `FailureDetails` only where the host is asked to send them. */
export function activityFailure(name: string, error: unknown, withDetails: boolean): Failure {
  const texts = { Reason: `Activity function '${name}' failed: ${errorMessage(error)}`, Details: details(error) };
  return withDetails ? { ...texts, FailureDetails: failureDetailsOf(error) } : texts;
}

/** The end of a sub-orchestration that failed or was terminated; `reason` is its output. */
export function childFailure(reason: string, withDetails: boolean): Failure {
  const texts = { Reason: reason, Details: reason };
  if (!withDetails) return texts;
  const FailureDetails = { ErrorType: "OrchestrationFailureException", ErrorMessage: reason, IsNonRetriable: false };
  return { ...texts, FailureDetails };
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function details(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

function failureDetailsOf(error: unknown): FailureDetails {
  const isError = error instanceof Error;
  return {
    ErrorType: isError ? error.name : "Error",
    ErrorMessage: errorMessage(error),
    ...(isError && error.stack !== undefined && { StackTrace: error.stack }),
    IsNonRetriable: false,
    ...(isError && error.cause instanceof Error && { InnerFailure: failureDetailsOf(error.cause) }),
  };
}
