import type { Patch } from "../engine/load-app.ts";

/** A mistake that somebody could make, planted to see whether the simulation finds it. */
export interface PlantedBug {
  /** What is wrong, in a few words. */
  name: string;
  patches: readonly Patch[];
}

/** A mistake of one place. @param file below `src` */
export function bug(name: string, file: string, search: string, replace: string): PlantedBug {
  return { name, patches: [{ file: `src/${file}`, search, replace }] };
}
