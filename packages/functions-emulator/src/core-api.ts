/**
 * The types between the Functions worker and the `@azure/functions` library, as far as this host uses them
 * (`types-core/index.d.ts` in the library's repository; that module is part of the worker and not on npm).
 */

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none";

export type LogCategory = "user" | "system" | "customMetric";

/** A value on its way between host and library; at most one member is set, none means `undefined`. */
export interface TypedData {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  http?: HttpData | null;
  int?: number | null;
  double?: number | null;
  modelBindingData?: ModelBindingData | null;
}

/** A reference to something, in place of its content. */
export interface ModelBindingData {
  version: string;
  source: string;
  contentType: string;
  content: Buffer;
}

export type NullableMap = Record<string, { value: string }>;

/** A request on the way in, a response on the way out. */
export interface HttpData {
  method?: string;
  url?: string;
  nullableHeaders?: NullableMap;
  nullableQuery?: NullableMap;
  nullableParams?: NullableMap;
  body?: TypedData | null;
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: HttpCookie[];
}

interface Nullable<T> {
  value?: T;
}

export interface HttpCookie {
  name: string;
  value: string;
  domain?: Nullable<string>;
  path?: Nullable<string>;
  expires?: { value?: { seconds: number; nanos?: number } };
  secure?: Nullable<boolean>;
  httpOnly?: Nullable<boolean>;
  sameSite?: "none" | "lax" | "strict" | "explicitNone";
  maxAge?: Nullable<number>;
}

export interface BindingInfo {
  type: string;
  direction: "in" | "out" | "inout";
  properties?: { supportsDeferredBinding?: string };
  [option: string]: unknown;
}

/** The library rounds the durations of a retry policy to whole seconds. */
export interface RetryOptions {
  maxRetryCount: number;
  retryStrategy: "fixedDelay" | "exponentialBackoff";
  delayInterval?: { seconds: number };
  minimumInterval?: { seconds: number };
  maximumInterval?: { seconds: number };
}

export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, BindingInfo>;
  retryOptions?: RetryOptions;
}

export type FunctionCallback = (...parameters: unknown[]) => unknown;

interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: TypedData }[];
  triggerMetadata: Record<string, TypedData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  retryContext?: RetryContext;
}

export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception?: { message: string };
}

export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: FunctionMetadata & { functionId: string };
  state: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationResponse {
  outputData?: { name: string; data: TypedData }[];
  returnValue?: TypedData | null;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

export type HookName = "preInvocation" | "postInvocation" | "appStart" | "appTerminate" | "log";

export type HookData = Record<string, unknown>;

/** What every hook gets; more by name of the hook. */
export interface HookContext {
  hookData: HookData;
  appHookData: HookData;
  [member: string]: unknown;
}

export type HookCallback = (context: HookContext) => unknown;
