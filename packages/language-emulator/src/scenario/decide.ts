import { type ErrorBody, outOfQuota, ServiceError, tooManyRequests } from "../http/service-error.ts";
import type { JobPlan } from "../jobs/job.ts";
import type { Distortion } from "./distort-answer.ts";
import type { RequestFacts } from "./scenario.ts";
import type { ScenarioAction } from "./schema.ts";

/** What a scenario makes of one request. */
export interface Decision {
  latencyMilliseconds: number;
  refusal?: ServiceError;
  drop?: "before" | "after";
  plan: JobPlan;
  /** What becomes of the answer. */
  distortion?: Distortion;
}

/** Codes of refusals that name none. */
const CODES: Readonly<Record<number, string>> = {
  400: "InvalidRequest",
  401: "401",
  403: "403",
  404: "NotFound",
  408: "Timeout",
  409: "Conflict",
  500: "InternalServerError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** Sums actions up. Of several refusals the first counts. */
export function decide(actions: readonly ScenarioAction[], facts: RequestFacts): Decision {
  return actions.reduce<Decision>((decision, action) => apply(decision, action, facts), {
    latencyMilliseconds: 0,
    plan: { failedTasks: {} },
  });
}

function apply(decision: Decision, action: ScenarioAction, facts: RequestFacts): Decision {
  const planned = (plan: Partial<JobPlan>): Decision => ({ ...decision, plan: { ...decision.plan, ...plan } });
  const refused = (refusal: ServiceError): Decision => ({ ...decision, refusal: decision.refusal ?? refusal });
  switch (action.action) {
    case "latency":
      return { ...decision, latencyMilliseconds: decision.latencyMilliseconds + action.milliseconds };
    case "throttle":
      return refused(tooManyRequests(facts.name, action.retryAfterSeconds));
    case "error":
      return refused(errorOf(action));
    case "drop":
      return { ...decision, drop: action.after ? "after" : "before" };
    case "refuseDocument":
      return facts.texts.some((text) => text.includes(action.containing)) ? refused(refusalOf(action)) : decision;
    case "outOfQuota":
      return refused(outOfQuota(action.retryAfterSeconds));
    case "answer": {
      const { action: _, ...distortion } = action;
      return { ...decision, distortion: { ...decision.distortion, ...distortion } };
    }
    case "endlessPages":
      return planned({ endlessPages: true });
    case "failJob":
      return planned({
        failure: {
          ...body(action, "The job failed."),
          ...(action.target === undefined ? {} : { target: action.target }),
        },
      });
    case "failTraining":
      return planned({ trainingFailure: body(action, "The training failed.") });
    case "loseJob":
      return planned({ lostAfterSeconds: action.afterSeconds });
    case "failTask":
      return planned({
        failedTasks: {
          ...decision.plan.failedTasks,
          [action.task]: { ...body(action, "The task failed."), target: action.target },
        },
      });
    case "documentErrors":
      return planned({
        documentErrors: {
          share: action.share,
          error: action.bare ? body(action, "The document could not be processed.") : documentError(action),
          id: action.id,
        },
      });
    case "extraFields":
      return planned({ extraFields: action.fields });
    case "futureTask":
      return planned({ futureKind: action.kind });
    case "stayRunning":
      return planned({ extraSeconds: (decision.plan.extraSeconds ?? 0) + action.seconds });
  }
}

function body({ code, message }: { code: string; message?: string | undefined }, otherwise: string): ErrorBody {
  return { code, message: message ?? otherwise };
}

function errorOf(action: Extract<ScenarioAction, { action: "error" }>): ServiceError {
  const { status, retryAfterSeconds } = action;
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  const error = {
    code: action.code ?? CODES[status] ?? String(status),
    message: action.message ?? "As the scenario says.",
  };
  return new ServiceError(status, error, { headers });
}

function documentError({ code, message }: { code: string; message?: string | undefined }): ErrorBody {
  const innererror = { code, message: message ?? "The document could not be processed." };
  return { code: "InvalidArgument", message: "Invalid Document in request.", innererror };
}

function refusalOf(action: { code: string; message?: string | undefined }): ServiceError {
  const innererror = { code: action.code, message: action.message ?? "A document of the request is not acceptable." };
  return new ServiceError(400, { code: "InvalidRequest", message: "Invalid Document in request.", innererror });
}
