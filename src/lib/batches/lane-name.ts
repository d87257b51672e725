/** The orchestration that owns a lane; its name is also the orchestrator's. */
export const LANE_ORCHESTRATION = "lane";

/** One of a pipeline's numbered places for a batch. */
export interface LaneAddress {
  pipeline: string;
  /** 0 to the pipeline's `lanes` − 1. */
  lane: number;
}

/** The Durable instance id of a lane: fixed, so that a lane can never run twice. */
export function laneInstanceId({ pipeline, lane }: LaneAddress): string {
  return `lane-${pipeline}-${lane}`;
}
