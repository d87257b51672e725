import type { IncomingMessage, ServerResponse } from "node:http";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { clientBinding } from "./client-binding.ts";
import type { DurableEngineContract, DurableEngineOptions } from "./contract.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { WorkCount } from "./engine-deps.ts";
import { errorMessage } from "./history.ts";
import { Management, ManagementRefusal } from "./management.ts";
import { Registry } from "./registry.ts";
import { type Routes, readRequest, route, sendReply } from "./routes.ts";

/**
 * Runs orchestrations and entities of `durable-functions` 3.x by replaying their histories, as the Durable extension of
 * the Functions host does, and answers the extension's management API.
 *
 * It is one process with everything in memory; what is stored is what it needs to go on after a kill. Like Azure it runs
 * activities at least once, and tells instances everything once.
 */
export class DurableEngine implements DurableEngineContract {
  readonly #options: DurableEngineOptions;
  readonly #work = new WorkCount();
  readonly #registry: Registry;
  readonly #routes: Routes;
  #stopping = false;

  constructor(options: DurableEngineOptions) {
    this.#options = options;
    const deps = this.#deps();
    this.#registry = new Registry(deps);
    const management = new Management(this.#registry, deps);
    this.#routes = { management, registry: this.#registry, target: options };
  }

  async start(): Promise<void> {
    this.#registry.load(await this.#options.store.load());
    this.#registry.resume();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const orchestration of this.#registry.orchestrations.values()) orchestration.cancelTimers();
    await this.idle();
    await this.#options.store.close();
  }

  async idle(): Promise<void> {
    await this.#work.idle();
  }

  clientBinding(baseUrl: string, rpcBaseUrl?: string): string {
    return clientBinding(this.#options, baseUrl, rpcBaseUrl);
  }

  async handle(request: IncomingMessage, response: ServerResponse, relativePath: string): Promise<void> {
    try {
      sendReply(response, await route(readRequest(request, relativePath), this.#routes));
    } catch (error) {
      const status = error instanceof ManagementRefusal ? error.status : 500;
      if (status === 500) this.#options.log("error", `Durable request ${request.method} ${relativePath}: ${error}`);
      const isUnknown = status === 404; // of which the extension says nothing
      sendReply(response, { status, ...(isUnknown ? {} : { body: { Message: errorMessage(error) } }) });
    }
  }

  #deps(): EngineDeps {
    const { clock, functions, invoke, store, log } = this.#options;
    const isStopping = () => this.#stopping;
    return {
      clock,
      functions,
      failureDetails: this.#options.failureDetails ?? false,
      replayCheck: this.#options.replayCheck ?? true,
      slowOrchestratorMilliseconds: this.#options.slowOrchestratorMilliseconds ?? 1000,
      workItemVisibilityTimeout: this.#options.workItemVisibilityTimeout ?? 5 * 60_000,
      work: this.#work,
      activities: pLimit(this.#options.maxConcurrentActivities ?? 10 * availableParallelism()),
      get stopping() {
        return isStopping();
      },
      invoke: async (...call) => {
        try {
          return await invoke(...call);
        } catch (error) {
          return { error };
        }
      },
      save: async (instanceId, state) => {
        if (this.#registry.isCurrent(instanceId, state)) await store.save({ instanceId, state });
      },
      remove: (instanceId) => store.remove(instanceId),
      deliver: (message) => this.#registry.deliver(message),
      report: (violation) => this.#options.onViolation(violation),
      log,
    };
  }
}
