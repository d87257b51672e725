import { appendFileSync, closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What we use of LokiJS 1.5 (`lokijs/src/lokijs.js`), the database inside Azurite. */
export interface LokiDatabase {
  filename: string;
  collections: LokiCollection[];
  persistenceAdapter: LokiAdapter;
  autosaveInterval: number;
  autosaveDisable(): void;
  autosaveEnable(): void;
  on(event: "loaded", listener: () => void): void;
}

interface LokiCollection {
  name: string;
  on(event: "insert" | "update" | "delete", listener: (documents: LokiDocument | LokiDocument[]) => void): void;
  ensureAllIndexes(force: boolean): void;
}

interface LokiDocument {
  $loki: number;
}

interface LokiAdapter {
  loadDatabase(name: string, callback: (loaded: string | Snapshot | Error | null) => void): void;
  saveDatabase(name: string, text: string, callback: (error?: Error | null) => void): void;
}

/** A database as LokiJS serialises it. */
interface Snapshot {
  collections: { name: string; data: LokiDocument[]; maxId: number }[];
}

type Entry = { collection: string; put: LokiDocument } | { collection: string; remove: number };

/** With a journal the whole database needs to be saved only to keep the journal short. Milliseconds; LokiJS: 5,000. */
const saveInterval = 30_000;

/**
 * Gives a LokiJS database a write-ahead journal: each change is appended to a file before the caller goes on, a full
 * save makes the journal's older part unnecessary, and a load applies what the last full save does not hold.
 *
 * Journal files are numbered. A save serialises the database in the same tick in which the journal moves on to the next
 * number, so the lower numbers are exactly the changes that the saved text holds; they are removed once it is in place.
 * Applying a change twice is harmless, because each entry holds the whole document.
 *
 * Call it before the database is loaded, and the function it returns once the collections exist.
 */
export function journalDatabase(db: LokiDatabase): () => void {
  const files = db.persistenceAdapter;
  let number = Math.max(0, ...journalNumbers(db.filename)) + 1;
  let descriptor: number | undefined;

  const append = (entry: Entry): void => {
    descriptor ??= openSync(journalName(db.filename, number), "a");
    appendFileSync(descriptor, `${JSON.stringify(entry)}\n`);
  };

  db.persistenceAdapter = {
    loadDatabase: (name, callback) =>
      files.loadDatabase(name, (loaded) => {
        const entries = journalNumbers(name).flatMap((each) => readEntries(journalName(name, each)));
        if (typeof loaded !== "string" || entries.length === 0) return callback(loaded);
        db.on("loaded", () => {
          for (const collection of db.collections) collection.ensureAllIndexes(true); // saved without the entries
        });
        callback(withEntries(JSON.parse(loaded) as Snapshot, entries));
      }),
    saveDatabase: (name, text, callback) => {
      const saved = number++;
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
      files.saveDatabase(name, text, (error) => {
        if (!error) for (const each of journalNumbers(name)) if (each <= saved) rmSync(journalName(name, each));
        callback(error);
      });
    },
  };
  db.autosaveDisable();
  db.autosaveInterval = saveInterval;
  db.autosaveEnable();

  return () => {
    for (const collection of db.collections) {
      const put = (documents: LokiDocument | LokiDocument[]): void => {
        for (const each of [documents].flat()) append({ collection: collection.name, put: each });
      };
      collection.on("insert", put);
      collection.on("update", put);
      collection.on("delete", (documents) => {
        for (const each of [documents].flat()) append({ collection: collection.name, remove: each.$loki });
      });
    }
  };
}

function journalName(file: string, number: number): string {
  return `${file}.journal-${number}`;
}

function journalNumbers(file: string): number[] {
  const prefix = basename(journalName(file, 0)).slice(0, -1);
  return readdirSync(dirname(join(file)))
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** The last line may be cut short by a crash; such a change was not acknowledged. */
function readEntries(file: string): Entry[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
}

function withEntries(snapshot: Snapshot, entries: Entry[]): Snapshot {
  for (const collection of snapshot.collections) {
    const documents = new Map(collection.data.map((each) => [each.$loki, each]));
    for (const entry of entries) {
      if (entry.collection !== collection.name) continue;
      if ("put" in entry) {
        documents.set(entry.put.$loki, entry.put);
        collection.maxId = Math.max(collection.maxId, entry.put.$loki);
      } else documents.delete(entry.remove);
    }
    collection.data = [...documents.values()].sort((a, b) => a.$loki - b.$loki);
  }
  return snapshot;
}
