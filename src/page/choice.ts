/** What somebody chose to do: it is done when they confirm what they are shown. */
export type Choice =
  | { action: "pause" | "drain" | "resume"; pipeline: string }
  | { action: "redrive"; pipeline?: string; code?: string; task?: string }
  | { action: "backfill"; pipeline?: string };
