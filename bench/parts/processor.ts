import { z } from "zod";
import { type Row, row } from "../figure.ts";
import { type Measured, type MeasuredOptions, ROUND, startMeasured } from "../processor/measure-processor.ts";

/** A checkout of another commit, built, to be compared with this one turn by turn. */
const AGAINST = process.env.BENCH_AGAINST;
/** Rounds before anything is measured: modules are loaded, code is compiled. */
const WARM_UP = 8;
/** In each of them every process has a round; what the machine does meanwhile meets all of them. */
const TURNS = 12;
/** Rounds between two looks at the heap. */
const HEAP_ROUNDS = 4;
/** Rounds under the profiler, which makes them slower. */
const PROFILED = 2;

const Profile = z.object({ kinds: z.record(z.string(), z.number()) });
type Kinds = Readonly<Record<string, number>>;

/** A commit's app, and the same host with an app that takes the events and does nothing. */
interface Pair {
  app: Measured;
  nothing: Measured;
}

/** Milliseconds a document, a value for each turn. */
interface Turns {
  app: number[];
  nothing: number[];
  /** The app without what the stand-in of the host costs alone. */
  ours: number[];
}

/**
 * Processor time of the functions process for a document, the stand-in of the host taken off: what an app costs that takes
 * the same events and does nothing. Milliseconds are of this machine; the ratios are of rounds one after another.
 */
export async function processor(): Promise<Row[]> {
  const started: Measured[] = [];
  const start = async (options: MeasuredOptions): Promise<Measured> => {
    const measured = await startMeasured(options);
    started.push(measured);
    return measured;
  };
  const startPair = async (options: MeasuredOptions): Promise<Pair> => ({
    app: await start(options),
    nothing: await start({ ...options, app: "nothing" }),
  });
  try {
    const now = await startPair({});
    const before = AGAINST === undefined ? [] : [await startPair({ directory: AGAINST })];
    const pairs = [now, ...before];
    for (let turn = 0; turn < WARM_UP; turn++) await takeTurn(pairs, turn);
    const turns = pairs.map((): Turns => ({ app: [], nothing: [], ours: [] }));
    for (let turn = 0; turn < TURNS; turn++) {
      const used = await takeTurn(pairs, turn);
      for (const [index, { app, nothing }] of used.entries()) {
        turns[index]?.app.push(app);
        turns[index]?.nothing.push(nothing);
        turns[index]?.ours.push(app - nothing);
      }
    }
    const kept = await heapOf(now.app);
    const [ours, earlier] = turns;
    if (ours === undefined) throw new Error("Nothing was measured");
    const rows = [
      row("functions process: milliseconds a document", median(ours.app)),
      row("functions process: of these the stand-in of the host", median(ours.nothing)),
      row("functions process: of these ours", median(ours.ours)),
      row("functions process: bytes that a document leaves on its heap", kept, 0),
    ];
    if (earlier !== undefined) rows.push(...compared(ours, earlier));
    const [kinds = {}, kindsBefore = {}] = await profiles(pairs);
    rows.push(...largest("ours", kinds, median(ours.ours)));
    if (earlier !== undefined) rows.push(...largest("ours of the earlier commit", kindsBefore, median(earlier.ours)));
    return rows;
  } finally {
    for (const each of started) await each.stop();
  }
}

/**
 * Bytes that a document leaves on the heap. After the turns: what empties the heap throws compiled code away, too, and would
 * cost one of the processes more than the others.
 */
async function heapOf(app: Measured): Promise<number> {
  const before = await app.heap();
  for (let round = 0; round < HEAP_ROUNDS; round++) await app.round();
  return ((await app.heap()) - before) / (HEAP_ROUNDS * ROUND);
}

/** Each process has one round; they begin from the other end each time. */
async function takeTurn(pairs: readonly Pair[], turn: number): Promise<{ app: number; nothing: number }[]> {
  const used = pairs.map(() => ({ app: 0, nothing: 0 }));
  const rounds = pairs.flatMap(({ app, nothing }, index) => [
    { measured: app, index, which: "app" as const },
    { measured: nothing, index, which: "nothing" as const },
  ]);
  for (const { measured, index, which } of turn % 2 === 0 ? rounds : rounds.toReversed()) {
    const milliseconds = await measured.round();
    const pair = used[index];
    if (pair !== undefined) pair[which] = milliseconds;
  }
  return used;
}

function compared(ours: Turns, earlier: Turns): Row[] {
  const ratios = ours.ours.map((milliseconds, turn) => milliseconds / (earlier.ours[turn] ?? Number.NaN));
  const name = "functions process: ours ÷ ours of the earlier commit";
  return [
    row("functions process: milliseconds a document of the earlier commit", median(earlier.app)),
    row("functions process: of these its own", median(earlier.ours)),
    row(`${name}, of the medians`, median(ours.ours) / median(earlier.ours)),
    row(`${name}, of what the machine disturbed least`, leastOurs(ours) / leastOurs(earlier)),
    row(`${name}, median of ${ratios.length} turns`, median(ratios)),
    row(`${name}, a quarter of the turns is below`, quantile(ratios, 0.25)),
    row(`${name}, a quarter of the turns is above`, quantile(ratios, 0.75)),
  ];
}

/** What each pair's app takes by kind, without what its nothing takes, milliseconds a document. */
async function profiles(pairs: readonly Pair[]): Promise<Kinds[]> {
  const all: Kinds[] = [];
  for (const { app, nothing } of pairs) {
    const [whole, alone] = [await profile(app), await profile(nothing)];
    all.push(Object.fromEntries(Object.entries(whole).map(([kind, value]) => [kind, value - (alone[kind] ?? 0)])));
  }
  return all;
}

async function profile(measured: Measured): Promise<Kinds> {
  await measured.profile();
  for (let round = 0; round < PROFILED; round++) await measured.round();
  const { kinds } = Profile.parse(await measured.report());
  return Object.fromEntries(Object.entries(kinds).map(([kind, value]) => [kind, value / (PROFILED * ROUND)]));
}

/** The profiler samples by the clock, which goes on while others have the processor: only the shares are of use. */
function largest(whose: string, kinds: Kinds, milliseconds: number): Row[] {
  const sorted = Object.entries(kinds).toSorted(([, one], [, other]) => other - one);
  const all = sorted.reduce((sum, [, value]) => sum + value, 0);
  const name = `profile, milliseconds a document of ${whose}`;
  return sorted.slice(0, 5).map(([kind, value]) => row(`${name}: ${kind}`, (value / all) * milliseconds));
}

/** Others on the machine make a turn longer, never shorter. */
function leastOurs({ app, nothing }: Turns): number {
  return Math.min(...app) - Math.min(...nothing);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between the values that are next to it, as far as it is from them. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
