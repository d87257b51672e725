import type { OrchestrationState, RuntimeStatus } from "./state.ts";
import { statusHistory } from "./status-history.ts";

/** What a status tells beside the essentials. */
export interface StatusOptions {
  showInput: boolean;
  showHistory: boolean;
  showHistoryOutput: boolean;
}

/** The status of an instance as the management API tells it. `input` and `output` are there even when they are null. */
export function statusOf(instanceId: string, state: OrchestrationState, options: StatusOptions) {
  return {
    name: state.name,
    instanceId,
    runtimeStatus: runtimeStatusOf(state),
    input: options.showInput ? parse(state.input) : null,
    customStatus: parse(state.customStatus),
    output: parse(state.output),
    createdTime: wholeSeconds(state.createdTime),
    lastUpdatedTime: wholeSeconds(state.lastUpdatedTime),
    ...(options.showHistory && { historyEvents: statusHistory(state.history, options.showHistoryOutput) }),
  };
}

/** The runtime status as clients know it, where being suspended is one of its values. */
export function runtimeStatusOf({ status, suspended }: OrchestrationState): RuntimeStatus | "Suspended" {
  return suspended ? "Suspended" : status;
}

/** A time as the extension writes it, `yyyy-MM-ddTHH:mm:ssZ`. */
export function wholeSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
