import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, type FunctionRunner } from "../function-runner.ts";
import type { HostFunction, HttpTrigger } from "../host-function.ts";
import { type HostViolation, StartError } from "../violations.ts";
import { readBody, sendHttpData, sendJson, toHttpData } from "./http-message.ts";
import type { KeyCheck } from "./keys.ts";
import { compareRoutes, matchRoute } from "./route.ts";

export interface HttpFunctionsOptions {
  functions: HostFunction<HttpTrigger>[];
  routePrefix: string;
  runner: FunctionRunner;
  keys: KeyCheck;
  report: (violation: HostViolation) => void;
}

/** Answers requests with HTTP-triggered functions. */
export class HttpFunctions {
  readonly #functions: HostFunction<HttpTrigger>[];
  readonly #prefix: string;
  readonly #runner: FunctionRunner;
  readonly #keys: KeyCheck;
  readonly #report: (violation: HostViolation) => void;

  /** @throws StartError when a route lies where the host's own addresses are. */
  constructor({ functions, routePrefix, runner, keys, report }: HttpFunctionsOptions) {
    this.#prefix = routePrefix === "" ? "" : `${routePrefix}/`;
    this.#functions = functions.toSorted((a, b) => compareRoutes(a.trigger.route, b.trigger.route));
    this.#runner = runner;
    this.#keys = keys;
    this.#report = report;
    for (const { name, trigger } of functions) {
      if (/^(admin|runtime)(\/|$)/i.test(this.#prefix + trigger.route.template)) {
        throw new StartError(`Function "${name}": the route "${trigger.route.template}" is taken by the host itself.`);
      }
    }
    this.#reportConflicts();
  }

  /** The address of a function, for people. */
  urlOf({ trigger }: HostFunction<HttpTrigger>, origin: string): string {
    return `${origin}/${this.#prefix}${trigger.route.template}`;
  }

  /** @param path as sent, without leading slash and query. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string, origin: string): Promise<void> {
    const method = request.method ?? "GET";
    const inPrefix = path.toLowerCase().startsWith(this.#prefix.toLowerCase());
    for (const target of inPrefix ? this.#functions : []) {
      if (!target.trigger.methods.includes(method)) continue; // no other answer than 404 follows from it in Azure
      const parameters = matchRoute(target.trigger.route, path.slice(this.#prefix.length));
      if (parameters !== undefined) return this.#run(target, request, response, { origin, parameters });
    }
    sendJson(response, 404);
  }

  async #run(
    target: HostFunction<HttpTrigger>,
    request: IncomingMessage,
    response: ServerResponse,
    { origin, parameters }: { origin: string; parameters: Record<string, string> },
  ): Promise<void> {
    if (!this.#keys.admits(request, target.trigger.authLevel)) return sendJson(response, 401);
    const body = await readBody(request);
    if (body === undefined) return sendJson(response, 413);
    const data = toHttpData(request, origin, parameters, body);
    try {
      const { response: answer } = await this.#runner.run(target, { trigger: { http: data } }, parameters);
      sendHttpData(response, answer.returnValue?.http);
    } catch (error) {
      if (/HTTP response must be an object/.test(describe(error))) {
        this.#report({
          code: "http-response",
          functionName: target.name,
          message: `Function "${target.name}": ${describe(error)}`,
        });
      }
      if (!response.headersSent) sendJson(response, 500);
    }
  }

  #reportConflicts(): void {
    const seen = new Map<string, string>();
    for (const { name, trigger } of this.#functions) {
      const shape = trigger.route.segments
        .map((each) => ("literal" in each ? each.literal.toLowerCase() : "{}"))
        .join("/");
      for (const method of trigger.methods) {
        const other = seen.get(`${method} ${shape}`);
        seen.set(`${method} ${shape}`, name);
        if (other === undefined) continue;
        const message = `Functions "${other}" and "${name}" answer the same requests (${method} ${trigger.route.template}).`;
        this.#report({ code: "route-conflict", functionName: name, message });
      }
    }
  }
}
