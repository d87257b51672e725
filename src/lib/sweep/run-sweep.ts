import type { LaneHost, LaneOpener } from "../intake/lane-opener.ts";
import { firstLine } from "../logging/first-line.ts";
import { findMissed, inspectPipeline, type PipelineFindings, type SweepContext } from "./sweep.ts";

/**
 * Looks at every pipeline, opens the lanes that should run, finds missed documents and reports. Trouble with one
 * pipeline, or with the search, stops none of the rest.
 * @throws Error at the end, when something failed, naming what
 */
export async function runSweep(context: SweepContext, host: LaneHost, opener: LaneOpener): Promise<void> {
  const failures: string[] = [];
  const fail = (what: string, error: unknown): void => {
    failures.push(`${what}: ${firstLine(error)}`);
  };
  const attempt = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      fail(what, error);
      return undefined;
    }
  };

  const looks = context.pipelines.map((pipeline) =>
    attempt(`pipeline "${pipeline.name}"`, async () => {
      const findings = await inspectPipeline(context, host, pipeline);
      for (const address of findings.toOpen) await opener.open(host, address);
      return findings;
    }),
  );
  const findings = (await Promise.all(looks)).filter((one): one is PipelineFindings => one !== undefined);
  const idle = new Set(findings.filter((finding) => finding.idle).map(({ pipeline }) => pipeline.name));
  const search = "the search for missed documents";
  const { missed, failures: passedOver = [] } = (await attempt(search, () => findMissed(context, idle))) ?? {};
  const [first, ...others] = passedOver;
  if (first !== undefined) fail(others.length === 0 ? search : `${search} (${passedOver.length} of them)`, first);
  for (const { pipeline, toOpen: _toOpen, idle: _idle, ...report } of findings) {
    const found = missed?.get(pipeline) ?? 0;
    if (found > 0) {
      await attempt(`pipeline "${pipeline.name}"`, () => opener.open(host, { pipeline: pipeline.name, lane: 0 }));
    }
    context.log({ event: "sweep.report", pipeline: pipeline.name, ...report, missed: found });
  }
  if (failures.length > 0) throw new Error(`The sweep could not look after everything. ${failures.join("; ")}`);
}
