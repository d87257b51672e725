import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import pMap from "p-map";
import { findOptionFolder, readOptions, runCommand, UsageError } from "./command-line.ts";
import { readStanding } from "./demo/ask-functions.ts";
import { closing, type Outcome, skippedLine } from "./demo/closing.ts";
import { dropFiles } from "./demo/drop-files.ts";
import { follow } from "./demo/follow.ts";
import { judge } from "./demo/judge.ts";
import { type FolderList, listFolder } from "./demo/list-folder.ts";
import { readRecords } from "./demo/read-records.ts";
import { visible } from "./demo/show.ts";
import { APP_DIRECTORY, type Stack, startStack } from "./stack/start-stack.ts";

const USAGE = `npm run demo -- [options]
  --documents DIR   drop the files of this folder and its subfolders (default samples/documents)
  --pipelines FILE  in place of samples/pipelines.json
  --help            this text`;

await runCommand(async () => {
  const { documents, pipelines } = readOptions(USAGE, {
    documents: { type: "string" },
    pipelines: { type: "string" },
  });
  const folder = await findOptionFolder("documents", documents ?? join(APP_DIRECTORY, "samples", "documents"));
  const fine = await demonstrate(folder, await listDocuments(folder), pipelines);
  process.exit(fine ? 0 : 1);
});

/** @throws UsageError when there is nothing to drop */
async function listDocuments(folder: string): Promise<FolderList> {
  const list = await listFolder(folder);
  if (list.documents.length > 0) return list;
  throw new UsageError(
    [`--documents takes a folder with files; ${folder} holds none to drop.`, ...list.skipped.map(skippedLine)].join(
      "\n",
    ),
  );
}

/** Runs documents through a stack of their own and tells what came of each. @returns whether all went well */
async function demonstrate(folder: string, list: FolderList, pipelines: string | undefined): Promise<boolean> {
  console.log("Starting storage, the Language service emulator and the functions …");
  const stack = await startStack(pipelines === undefined ? {} : { pipelines });
  console.log(`Dropping ${list.documents.length} documents from ${folder} …`);
  for (const { path, name } of list.documents) {
    if (name !== path) console.log(visible(`Storage reads "\\" as "/": ${path} becomes the document ${name}.`));
  }
  const outcome = await runDocuments(stack, list).finally(() => stack.stop());
  const { lines, fine } = closing({ ...outcome, violations: stack.host.violations });
  for (const line of lines) console.log(line);
  return fine;
}

async function runDocuments(stack: Stack, list: FolderList): Promise<Omit<Outcome, "violations">> {
  const blobs = BlobServiceClient.fromConnectionString(stack.storage);
  const [results, failed] = [blobs.getContainerClient("results"), blobs.getContainerClient("failed")];
  const started = Date.now();
  const dropping = dropFiles(list.documents, blobs.getContainerClient("documents"));
  const overview = await follow(stack.functions, results, failed, dropping);
  const { documents, skipped } = await dropping;
  const records = [...(await readRecords(results)), ...(await readRecords(failed))];
  const standings = await pMap(documents, ({ name }) => readStanding(stack.functions, name), { concurrency: 8 });
  return {
    seconds: (Date.now() - started) / 1000,
    dropped: documents.length,
    skipped: [...list.skipped, ...skipped],
    records,
    overview,
    problems: judge(standings, records),
  };
}
