import { DatabaseSync } from "node:sqlite";
import type { AzuriteServer, LokiCollection, LokiDocument } from "./create-server.ts";

/**
 * Keeps what a server knows (which blobs and messages exist, and where their bytes are) in an SQLite file, change by
 * change, before the change is acknowledged.
 *
 * Azurite keeps it in LokiJS databases that it saves as a whole every five seconds, so a killed Azurite forgets up to five
 * seconds of writes that it has acknowledged. There is no setting against that: the interval is fixed, and a shorter one
 * would write the whole database for every few changes. So LokiJS saves nothing here, and its events are written down.
 *
 * Call it before the server is started.
 */
export function keepCollections(server: AzuriteServer, file: string): void {
  const kept = new DatabaseSync(file);
  kept.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS documents
      (collection TEXT, id INTEGER, json TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID`);
  const select = kept.prepare("SELECT json FROM documents WHERE collection = ? ORDER BY id");
  const put = kept.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)");
  const remove = kept.prepare("DELETE FROM documents WHERE collection = ? AND id = ?");

  const keep = (collection: LokiCollection): void => {
    const { name } = collection;
    collection.data = select.all(name).map(({ json }) => JSON.parse(String(json)) as LokiDocument);
    collection.maxId = collection.data.at(-1)?.$loki ?? 0;
    collection.ensureAllIndexes(true);
    const write = (documents: LokiDocument | LokiDocument[]): void => {
      for (const each of [documents].flat()) put.run(name, each.$loki, JSON.stringify(each));
    };
    collection.on("insert", write);
    collection.on("update", write);
    collection.on("delete", (documents) => {
      for (const each of [documents].flat()) remove.run(name, each.$loki);
    });
  };

  for (const store of [server.metadataStore, server.extentMetadataStore]) {
    store.db.persistenceAdapter = { saveDatabase: (_name, _text, callback) => callback() };
    store.db.autosaveDisable();
    const init = store.init.bind(store);
    store.init = async () => {
      await init(); // adds the collections
      for (const collection of store.db.collections) keep(collection);
    };
  }
}
