/** Something the app did that works here and that Azure would punish, mostly in silence. */
export interface HostViolation {
  /** A stable word for the rule that was broken. */
  code: string;
  message: string;
  functionName?: string;
  /** The orchestration or entity, when the durable engine saw it. */
  instanceId?: string;
}

/** Thrown by a strict host: the message lists what was found. */
class ViolationError extends Error {
  override readonly name = "ViolationError";
  readonly violations: readonly HostViolation[];

  constructor(violations: readonly HostViolation[]) {
    super(`Azure would punish:\n${violations.map((each) => `- ${each.code}: ${each.message}`).join("\n")}`);
    this.violations = violations;
  }
}

/** Collects violations; `onViolation` is told of each at once. */
export class Violations {
  readonly list: HostViolation[] = [];
  readonly #onViolation: (violation: HostViolation) => void;

  constructor(onViolation: (violation: HostViolation) => void) {
    this.#onViolation = onViolation;
  }

  add(violation: HostViolation): void {
    this.list.push(violation);
    this.#onViolation(violation);
  }

  /** @throws ViolationError when there are any. */
  assertNone(): void {
    if (this.list.length > 0) throw new ViolationError([...this.list]);
  }
}

/** Where this host differs from Azure and says nothing at the time it happens; printed at start. */
export const knownDifferences: readonly string[] = [
  "one process and one instance: no scaling out, no leases, no singleton locks",
  "keys are asked for only where they are given: without them every request is let in, whatever its authLevel",
  "a message under way is locked for seconds, not for ten minutes, so a killed host's work comes back sooner",
  "a timer's message is not kept hidden over a restart: what is left of its delay is cut to whole seconds again",
  "of a killed host only activities stay locked for their time; what an orchestration is told goes on at once",
  "functionTimeout is reported after the fact; a running function is not ended",
  "a container is scanned every second or so, not every ten; receipts are not leased",
  "settings come from the given map alone; identity-based connections, Key Vault references and slots are not there",
];

/**
 * The app or its configuration cannot run as it is: the message names the function, setting or file, what was found and
 * what is expected.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}
