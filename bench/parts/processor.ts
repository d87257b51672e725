import { z } from "zod";
import { type Row, row } from "../figure.ts";
import { measureProcessor, type ProcessorOptions, type ProcessorUse } from "../processor/measure-processor.ts";

/** A checkout of another commit, built, to be compared with this one turn by turn. */
const AGAINST = process.env.BENCH_AGAINST;
const DOCUMENTS = 400;
const TURNS = 2;

const Profile = z.object({ kinds: z.record(z.string(), z.number()) });

/**
 * Processor time of the functions process for a document, the stand-in of the host taken off: what an app costs that takes
 * the same events and does nothing. Milliseconds are of this machine; the ratios are of turns one after another.
 */
export async function processor(): Promise<Row[]> {
  const nothing: ProcessorUse[] = [];
  const ours: ProcessorUse[] = [];
  const others: { ours: ProcessorUse; nothing: ProcessorUse }[] = [];
  const measure = (options: Partial<ProcessorOptions>) => measureProcessor({ documents: DOCUMENTS, ...options });
  for (let turn = 0; turn < TURNS; turn++) {
    nothing.push(await measure({ app: "nothing" }));
    ours.push(await measure({}));
    if (AGAINST === undefined) continue;
    const other = { directory: AGAINST };
    others.push({ nothing: await measure({ ...other, app: "nothing" }), ours: await measure(other) });
  }
  const own = least(ours) - least(nothing);
  const rows = [
    row("functions process: milliseconds a document", least(ours)),
    row("functions process: of these the stand-in of the host", least(nothing)),
    row("functions process: of these ours", own),
    row(
      "functions process: bytes that a document leaves on its heap",
      Math.min(...ours.map(({ heapBytes }) => heapBytes)),
      0,
    ),
  ];
  if (others.length > 0) {
    const before = least(others.map((each) => each.ours)) - least(others.map((each) => each.nothing));
    rows.push(row("functions process: ours ÷ ours of the earlier commit", own / before));
  }
  const { kinds } = Profile.parse((await measure({ profile: true })).profile);
  const all = Object.values(kinds).reduce((sum, milliseconds) => sum + milliseconds, 0);
  for (const [kind, milliseconds] of Object.entries(kinds)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 6)) {
    rows.push(row(`profile of the functions process: share of ${kind}`, milliseconds / all));
  }
  return rows;
}

/** The turn that the machine disturbed least. */
function least(turns: readonly ProcessorUse[]): number {
  return Math.min(...turns.map(({ milliseconds }) => milliseconds));
}
