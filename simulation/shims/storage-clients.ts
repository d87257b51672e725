import { surroundings } from "../engine/current.ts";

// In place of src/lib/storage/storage-clients.ts: storage in memory, behind the gate of the process.

export function createStorageClients(): unknown {
  const { blobs, queues } = surroundings();
  return { blobs, queues };
}

export function blobServiceAt(): unknown {
  return surroundings().blobs;
}
