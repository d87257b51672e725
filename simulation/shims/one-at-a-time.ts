import { surroundings } from "../engine/current.ts";

// In place of src/lib/common/one-at-a-time.ts: what a process that died was at holds up no other.

export function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  return surroundings().oneAtATime(work);
}

export function oneFileAtATime<T>(work: () => Promise<T>): Promise<T> {
  return surroundings().oneFileAtATime(work);
}
