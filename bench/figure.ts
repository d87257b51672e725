/** One row of the table. */
export interface Figure {
  part: string;
  what: string;
  /** An exact count, or a ratio of two things of the same run. */
  value: number;
  /** What service and storage make unavoidable, where that is known. */
  floor?: number;
}

export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
