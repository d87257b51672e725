import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { judge, type Standing } from "../../dev/demo/judge.ts";
import { type FoundRecord, readRecords } from "../../dev/demo/read-records.ts";
import { listNames, until } from "./waiting.ts";

/** A running stack as its user has it: an address and a storage account. */
export class StackDriver {
  readonly functions: string;
  readonly documents: ContainerClient;
  readonly results: ContainerClient;
  readonly failed: ContainerClient;
  readonly work: ContainerClient;

  constructor({ functions, storage }: { functions: string; storage: string }) {
    this.functions = functions;
    const blobs = BlobServiceClient.fromConnectionString(storage);
    this.documents = blobs.getContainerClient("documents");
    this.results = blobs.getContainerClient("results");
    this.failed = blobs.getContainerClient("failed");
    this.work = blobs.getContainerClient("language-batch-work");
  }

  async drop(documents: Iterable<[name: string, content: string | Uint8Array]>): Promise<void> {
    const upload = ([name, content]: [string, string | Uint8Array]): Promise<unknown> =>
      this.documents.getBlockBlobClient(name).uploadData(typeof content === "string" ? Buffer.from(content) : content);
    await pMap(documents, upload, { concurrency: 16 });
  }

  /** Waits until so many records lie under a prefix. */
  async recordsUnder(prefix: string, count: number, seconds = 300): Promise<void> {
    const records = async (container: ContainerClient): Promise<number> =>
      (await listNames(container, prefix)).filter((name) => name.endsWith(".json")).length;
    await until(
      `${count} records under ${prefix}`,
      async () => (await records(this.results)) + (await records(this.failed)),
      (found) => found >= count,
      seconds,
    );
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.functions}/api/${path}`);
    return (await answer.json()) as T;
  }

  /** Every broken promise: an empty list is what every test wants. */
  async broken(names: readonly string[]): Promise<string[]> {
    const records: FoundRecord[] = [...(await readRecords(this.results)), ...(await readRecords(this.failed))];
    const standings = await pMap(
      names,
      (name) => this.get<Standing>(`documents/${name.split("/").map(encodeURIComponent).join("/")}`),
      { concurrency: 8 },
    );
    const wanted = new Set(names);
    const judged = judge(
      standings,
      records.filter(({ record }) => wanted.has(record.document.name)),
    );
    return [...judged, ...(await this.#strays(records))];
  }

  /** Files beside results that no result names. */
  async #strays(records: readonly FoundRecord[]): Promise<string[]> {
    const files = (await listNames(this.results)).filter((name) => !name.endsWith(".json"));
    return files
      .filter((name) => !records.some(({ text }) => text.includes(JSON.stringify(`results/${name}`))))
      .map((name) => `results/${name} stands beside no result that names it`);
  }

  async readResult(pipeline: string, name: string): Promise<Record<string, unknown>> {
    const blob = this.results.getBlobClient(`${pipeline}/${name}.json`);
    return JSON.parse((await blob.downloadToBuffer()).toString("utf8"));
  }

  async readFailure(pipeline: string, name: string): Promise<Record<string, unknown>> {
    const blob = this.failed.getBlobClient(`${pipeline}/${name}.json`);
    return JSON.parse((await blob.downloadToBuffer()).toString("utf8"));
  }
}
