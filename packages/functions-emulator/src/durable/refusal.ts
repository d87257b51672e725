import type { ViolationCode } from "./contract.ts";

/** A reason for which Azure itself fails an orchestration, whatever the orchestrator does. */
export class OrchestrationRefused extends Error {
  readonly code: ViolationCode;

  constructor(code: ViolationCode, message: string) {
    super(message);
    this.name = "OrchestrationRefused";
    this.code = code;
  }
}
