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
