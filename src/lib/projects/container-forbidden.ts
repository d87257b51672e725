import type { Held } from "./state.ts";

/** The application has no right to a training container, or not yet: a new role takes minutes to work. */
export class ContainerForbidden extends Error {
  override readonly name = "ContainerForbidden";
  readonly reason: Held["reason"];

  constructor(reason: Omit<Held["reason"], "code">) {
    super(reason.message);
    this.reason = { code: this.name, ...reason };
  }
}
