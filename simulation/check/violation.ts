/** The promises that a run is judged by. */
export const PROMISES = {
  rest: "Once all is well, everything comes to an end",
  place: "Each document ends in one place, with the record of its current version",
  outcome: "A document fails only for what is its own",
  bill: "Each text is billed once, but for the named window",
  told: "A job that goes out twice is told of",
  totals: "The totals are what storage shows",
  left: "Nothing is left over",
  bounded: "History and work are bounded",
  status: "The status never lies",
  caught: "No error goes uncaught, which would end the process",
  stopped: "A pipeline that is stopped claims nothing, and sends nothing while it is paused; what it has in hand ends",
  sidecars: "A file stands beside a result exactly when the result names it, and is of the same version",
  whole: "A result has what was found in every part of its text",
  rows: "Each row of a file's current version stands once, and nothing of its earlier runs is left",
  resources: "A job stays with the resource that has it; one that takes nothing leaves its share to the others",
  heard: "Whoever wants to hear of ends hears of each record that stands, and of none that never stood",
  private: "No text and no key is in a log or a history",
} as const;

export type Promised = keyof typeof PROMISES;

/** A promise that a run broke. */
export interface Violation {
  promise: Promised;
  message: string;
}
