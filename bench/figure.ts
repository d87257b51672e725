/** One row of the table. */
export interface Figure {
  part: string;
  what: string;
  /** An exact count, or a ratio of two things of the same run. */
  value: number;
  /** What service and storage make unavoidable, where that is known. */
  floor?: number;
}

/** A figure before it is told which part it belongs to. */
export type Row = Omit<Figure, "part">;

export function row(what: string, value: number, floor?: number): Row {
  return { what, value: rounded(value), ...(floor === undefined ? {} : { floor }) };
}

export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
