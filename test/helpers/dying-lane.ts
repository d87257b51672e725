import { firstStep, type LaneStep } from "../../src/lib/lane/lane.ts";
import type { Fuse } from "./fuse.ts";
import type { LaneFixture } from "./lane-fixture.ts";

const ADDRESS = { pipeline: "tickets", lane: 0 };

/** A lane in a process that can be killed at each of its effects, and the fuse that kills it. */
export interface DyingLane {
  fixture: LaneFixture;
  fuse: Fuse;
}

/** Counts the calls to the service among the effects at which the process can die. */
export function dyingLane(fixture: LaneFixture, fuse: Fuse): DyingLane {
  const { submit, getJob } = fixture.language;
  fixture.language.submit = (request) => fuse.run(() => submit.call(fixture.language, request));
  fixture.language.getJob = (handle, tasks) => fuse.run(() => getJob.call(fixture.language, handle, tasks));
  return { fixture, fuse };
}

/** Runs the lane until nothing is left to do; a process that dies is replaced by a new one, which knows nothing. */
export async function runToEnd({ fixture, fuse }: DyingLane): Promise<void> {
  let step: LaneStep = firstStep(ADDRESS);
  for (let taken = 0; taken < 200; taken++) {
    const next = await fixture.step(step);
    if (fuse.dead) {
      fuse.replace();
      await fixture.endLeases();
      step = firstStep(ADDRESS);
      continue;
    }
    if (next.status.state === "closing") return;
    if (next.action === "claim" && next.afterSeconds >= 1) await fixture.pass(250);
    step = next;
  }
  throw new Error("The lane did not come to an end");
}
