/** An error as the service words it (swagger `Error` and `InnerErrorModel`). */
export interface ErrorBody {
  code: string;
  message: string;
  target?: string;
  innererror?: ErrorBody;
  details?: ErrorBody[];
}

/** A refusal: thrown anywhere while a request is served, answered as `{ error }` with its status. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
  /** The gateway answers before the service is reached, with fewer headers. */
  readonly gateway: boolean;

  constructor(
    status: number,
    body: ErrorBody,
    options: { headers?: Readonly<Record<string, string>>; gateway?: boolean } = {},
  ) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.headers = options.headers ?? {};
    this.gateway = options.gateway ?? false;
  }
}

/** 400 with the code `InvalidRequest` outside and a more exact one inside. */
export function invalidRequest(message: string, innerCode: string, innerMessage: string): ServiceError {
  return new ServiceError(400, {
    code: "InvalidRequest",
    message,
    innererror: { code: innerCode, message: innerMessage },
  });
}

/** 400 for a value of a task's parameters, worded as recorded for an unknown model version. */
export function invalidParameter(message: string): ServiceError {
  return invalidRequest("Invalid parameter in request", "InvalidParameterValue", message);
}

/** 401 of the gateway for a missing or wrong key, as recorded. */
export function accessDenied(): ServiceError {
  const message =
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an " +
    "active subscription and use a correct regional API endpoint for your resource.";
  return new ServiceError(401, { code: "401", message }, { gateway: true });
}

/** 401 for a bearer token that is not for this service, or expired. The wording is known from sibling services. */
export function tokenRefused(): ServiceError {
  const message =
    "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), " +
    "or have expired.";
  return new ServiceError(401, { code: "401", message }, { gateway: true });
}

/** 404 of the gateway for an address or an api-version that it does not serve, as recorded for a wrong path. */
export function resourceNotFound(): ServiceError {
  return new ServiceError(404, { code: "404", message: "Resource not found" }, { gateway: true });
}

/** 404 for a job that never was, or is older than its life time. Assumed: no recording shows this body. */
export function jobNotFound(jobId: string): ServiceError {
  return new ServiceError(404, { code: "NotFound", message: `The job with id ${jobId} was not found.` });
}

/** 403 of the gateway for a free tier whose calls of the month are used up, as reported (azure-sdk-for-python#25619). */
export function outOfQuota(retryAfterSeconds: number): ServiceError {
  const days = Math.ceil(retryAfterSeconds / 86_400);
  const message =
    `Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after ${days} days. ` +
    "To increase your call volume switch to a paid tier.";
  const headers = { "Retry-After": String(retryAfterSeconds) };
  return new ServiceError(403, { code: "403", message }, { headers, gateway: true });
}

/** 429 of the gateway, as recorded. @param name of what was called, see `callName` */
export function tooManyRequests(name: string, retryAfterSeconds: number | undefined): ServiceError {
  const seconds = retryAfterSeconds === 1 ? "1 second" : `${retryAfterSeconds} seconds`;
  const wait = retryAfterSeconds === undefined ? "" : ` Please retry after ${seconds}.`;
  const message =
    `Requests to the ${name} have exceeded rate limit of your current TextAnalytics S pricing tier.${wait} ` +
    "Please contact Azure support service if you would like to further increase the default rate limit.";
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return new ServiceError(429, { code: "429", message }, { headers, gateway: true });
}
