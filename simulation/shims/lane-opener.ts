import { surroundings } from "../engine/current.ts";

// In place of the LaneOpener that src/functions/bindings makes once: each simulated process has its own.

export class LaneOpener {
  open(...args: unknown[]): Promise<void> {
    return (surroundings().opener as { open(...args: unknown[]): Promise<void> }).open(...args);
  }
}
