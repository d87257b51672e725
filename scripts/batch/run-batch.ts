import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findOptionFolder, makeOptionFolder, UsageError } from "../../dev/command-line.ts";
import { type LocalDocument, listFolder, type Skipped } from "../../dev/demo/list-folder.ts";
import { visible } from "../../dev/demo/show.ts";
import { ProgressLine, type Terminal } from "../../dev/progress-line.ts";
import { recordName } from "../../src/lib/documents/document.ts";
import { type BatchArguments, defaultRunName } from "./arguments.ts";
import { RecordDownloads } from "./download-records.ts";
import { lookAtRun, type Run, type RunView } from "./look-at-run.ts";
import { type PipelineView, readPipeline } from "./pipeline-view.ts";
import { type BatchReport, describeReport } from "./report.ts";
import { adviseStorage, openStorage, type RunStorage } from "./run-storage.ts";
import { type Uploads, uploadFiles } from "./upload-files.ts";

/** Between two looks; and a look at very many documents takes at most a fifth of the time. */
const LOOK_MS = 2_000;
const LOOK_SHARE = 5;

/** Signs of a bar that is full. */
const BAR = 20;

const NOT_ENDED = 1;
const INTERRUPTED = 130;

interface Surroundings {
  out: Terminal;
  /** Aborted when whoever sits at the terminal has seen enough. */
  signal: AbortSignal;
  lookMs?: number;
}

/**
 * Uploads a folder, watches what becomes of it, and downloads the records.
 * @returns exit code: 0 when every file became a result, 1 when not, 130 after an interruption
 * @throws UsageError, or Error whose message is one line for the person at the terminal
 */
export async function runBatch(
  given: BatchArguments,
  { out, signal, lookMs = LOOK_MS }: Surroundings,
): Promise<number> {
  const storage = openStorage(given);
  const pipeline = await readPipeline(given, given.pipeline);
  const run: Run = { name: nameOf(given, pipeline), pipeline: given.pipeline, takes: pipeline.takes };
  const session = new Session(given, storage, run, given.json ? SILENT : out);
  try {
    if (given.folder !== undefined) await session.upload(given.folder, pipeline, signal);
    if (given.wait) await session.watch(signal, lookMs);
  } catch (error) {
    session.endLine();
    throw adviseStorage(error, storage);
  }
  session.endLine();
  const report = session.report();
  if (given.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
  else out.write(`${session.farewell(report, signal.aborted)}\n`);
  if (signal.aborted) return INTERRUPTED;
  if (!given.wait) return report.skipped.length === 0 ? 0 : 1;
  const isGood = report.succeeded === report.documents && report.skipped.length + report.notDownloaded.length === 0;
  return isGood && report.complete ? 0 : NOT_ENDED;
}

const SILENT: Terminal = { write: () => undefined };

function nameOf({ folder, name, pipeline }: BatchArguments, { match }: PipelineView): string {
  if (name !== undefined) return name;
  const made = defaultRunName(match, folder ?? "");
  if (made !== "" && !made.endsWith("/")) return made;
  throw new UsageError(`The folder has no name to call the run of ${pipeline} by: add --name RUN.`);
}

/** One run at one terminal. */
class Session {
  readonly #given: BatchArguments;
  readonly #storage: RunStorage;
  #run: Run;
  readonly #out: Terminal;
  readonly #line: ProgressLine;
  readonly #began = Date.now();
  readonly #folder: string;
  readonly #downloads: RecordDownloads;
  #uploads: Uploads | undefined;
  #view: RunView = { documents: 0, ended: [] };
  #looked = false;
  #shown = "";

  constructor(given: BatchArguments, storage: RunStorage, run: Run, out: Terminal) {
    this.#given = given;
    this.#storage = storage;
    this.#run = run;
    this.#out = out;
    this.#line = new ProgressLine(out);
    this.#folder = resolve(given.out ?? `${basename(run.name)}-results`);
    this.#downloads = new RecordDownloads(
      storage,
      this.#folder,
      recordName(run.pipeline, `${run.name}/x`).slice(0, -"x.json".length),
    );
  }

  /** @throws UsageError when nothing in the folder is for the pipeline */
  async upload(path: string, { match, takes }: PipelineView, signal: AbortSignal): Promise<void> {
    const { name } = this.#run;
    const list = await listFolder(await findOptionFolder("folder", path));
    const [wanted, others] = divide(list.documents, (each) => takes(`${name}/${each.name}`));
    const skipped: Skipped[] = [
      ...list.skipped,
      ...others.map((each) => ({ path: each.path, reason: `pipeline ${this.#run.pipeline} takes only ${match}` })),
    ];
    if (wanted.length === 0) throw new UsageError(nothingToUpload(path, name, match, list.documents));
    this.#say(`Run ${name}: ${wanted.length} files for pipeline ${this.#run.pipeline}`);
    const uploads = await uploadFiles(wanted, name, this.#storage.input, {
      signal,
      onProgress: (done) => this.#show("uploaded", done, wanted.length),
    });
    this.#line.end();
    this.#uploads = { ...uploads, skipped: [...skipped, ...uploads.skipped] };
    this.#run = { ...this.#run, only: new Set(wanted.map((each) => `${name}/${each.name}`)) };
    this.#view = { documents: uploads.uploaded + uploads.unchanged, ended: [] };
    this.#say(`${uploads.uploaded} uploaded, ${uploads.unchanged} were there already with the same content`);
  }

  /** Until every document has ended, or the signal. Records are downloaded as they come. */
  async watch(signal: AbortSignal, lookMs: number): Promise<void> {
    await makeOptionFolder("out", this.#folder);
    for (;;) {
      if (signal.aborted) return;
      const before = Date.now();
      this.#view = await lookAtRun(this.#storage, this.#run);
      this.#looked = true;
      const { documents, ended } = this.#view;
      if (documents === 0)
        throw new UsageError(`There is no document of a run "${this.#run.name}" for pipeline ${this.#run.pipeline}.`);
      await this.#downloads.take(ended, signal);
      const standstill = ended.length < documents ? await this.#standstill() : undefined;
      this.#show("ended", ended.length, documents, standstill);
      if (ended.length === documents && this.#downloads.haveAll(ended)) return;
      await sleep(Math.max(lookMs, (Date.now() - before) * LOOK_SHARE), undefined, { signal }).catch(() => undefined);
    }
  }

  endLine(): void {
    this.#line.end();
  }

  report(): BatchReport {
    const { documents, ended } = this.#view;
    const endings = ended.flatMap(({ document }) => this.#downloads.endings.get(document) ?? []);
    const having = (status: string): number => endings.filter((each) => each.status === status).length;
    const uploads = this.#uploads;
    return {
      run: this.#run.name,
      pipeline: this.#run.pipeline,
      complete: this.#looked && ended.length === documents,
      documents,
      succeeded: having("succeeded"),
      partiallySucceeded: having("partiallySucceeded"),
      failed: having("failed"),
      open: documents - endings.length,
      ...(uploads === undefined ? {} : { uploaded: uploads.uploaded, unchanged: uploads.unchanged }),
      skipped: uploads?.skipped ?? [],
      textRecords: endings.reduce((sum, each) => sum + each.textRecords, 0),
      failures: endings.flatMap(({ failures }) => failures),
      notDownloaded: [...this.#downloads.missing].map(([document, reason]) => ({ document, reason })),
      ...(this.#looked ? { out: this.#folder } : {}),
      seconds: (Date.now() - this.#began) / 1000,
      watchAgain: this.#watchAgain(),
    };
  }

  /** The last words: what came of it, or how to come back. */
  farewell(report: BatchReport, isInterrupted: boolean): string {
    if (report.complete && !isInterrupted) return describeReport(report);
    const told = this.#looked ? [describeReport(report)] : [];
    const folder = this.#given.folder;
    const onItsWay = "What is uploaded goes on without this terminal.";
    const rest =
      isInterrupted && folder !== undefined && !this.#looked ? ["The same command uploads what is not there yet."] : [];
    return [...told, "", [onItsWay, ...rest].join(" "), `Watch it again: ${report.watchAgain}`].join("\n");
  }

  #watchAgain(): string {
    const words = ["--watch", this.#run.name, "--pipeline", this.#run.pipeline, ...this.#given.again];
    return `npm run batch -- ${words.map(quoteWord).join(" ")}`;
  }

  /** Why nothing moves, as the app says it; nothing when it does not answer just now: the run needs only storage. */
  async #standstill(): Promise<string | undefined> {
    const pipeline = await readPipeline(this.#given, this.#run.pipeline).catch(() => undefined);
    return pipeline?.standstill;
  }

  /** Where there is no terminal, only when the bar grows or when there is news: a log needs no line for each document. */
  #show(word: string, done: number, all: number, news = ""): void {
    const full = all === 0 ? 0 : Math.floor((done / all) * BAR);
    const key = `${word} ${full} ${news}`;
    if (this.#out.isTTY !== true && key === this.#shown) return;
    this.#shown = key;
    this.#line.show(`[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${done} of ${all} ${word}  ${news}`.trim());
  }

  #say(words: string): void {
    this.#out.write(`${visible(words)}\n`);
  }
}

function divide<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

function nothingToUpload(folder: string, run: string, match: string, files: readonly LocalDocument[]): string {
  const [first] = files;
  if (first === undefined) return `${folder} holds no file to upload.`;
  return `The pipeline takes ${match}, and none of the files would be one: the first would be ${run}/${first.name}. Choose another --name.`;
}

/** For a shell. */
function quoteWord(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
