import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import { DocumentError } from "../document.ts";
import type { ExtractionLimits } from "./format.ts";
import { damaged, encrypted, unpacksTooLarge } from "./refusals.ts";

/** Real documents have hundreds: one for each picture. */
const MOST_ENTRIES = 20_000;
/** General purpose bit 0 of a ZIP entry: its content is encrypted (PKWARE APPNOTE 4.4.4). */
const ENCRYPTED = 1;

/**
 * Unpacks the wanted files of an archive, which must be in there for what it is. Sizes are counted as they are unpacked:
 * what the archive says of itself is not believed.
 * @param what the archive, as in `a Word document (.docx)`
 * @throws DocumentError `UnpackedTooLarge`, `DocumentEncrypted`, `DocumentDamaged`
 */
export async function unpack(
  bytes: Uint8Array,
  what: string,
  limits: ExtractionLimits,
  isWanted: (name: string) => boolean,
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let left = limits.unpackedBytes;
  try {
    const zip = await open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (zip.entryCount > MOST_ENTRIES) throw damaged(what, `an archive of ${zip.entryCount} files`);
    for await (const entry of entriesOf(zip)) {
      if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) throw encrypted(what);
      const name = entry.fileName.replace(/^\/+/, "");
      if (!isWanted(name)) continue;
      if (found.has(name)) throw damaged(what, "an archive that holds a file twice");
      if (entry.uncompressedSize > left) throw unpacksTooLarge(limits);
      const content = await read(zip, entry, left);
      if (content === undefined) throw unpacksTooLarge(limits);
      left -= content.length;
      found.set(name, content);
    }
    return found;
  } catch (error) {
    throw error instanceof DocumentError ? error : damaged(what);
  }
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, autoClose: false }, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (act: () => void) => {
        zip.removeAllListeners();
        act();
      };
      zip.on("entry", (next: Entry) => settle(() => resolve(next)));
      zip.on("end", () => settle(() => resolve(undefined)));
      zip.on("error", (error) => settle(() => reject(error)));
      zip.readEntry();
    });
    if (entry === undefined) return;
    yield entry;
  }
}

/** Undefined when there is more than may be. */
function read(zip: ZipFile, entry: Entry, most: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        reject(error);
        return;
      }
      const parts: Buffer[] = [];
      let length = 0;
      stream.on("data", (part: Buffer) => {
        length += part.length;
        parts.push(part);
        if (length > most) {
          stream.destroy();
          resolve(undefined);
        }
      });
      stream.on("error", reject);
      stream.on("end", () => resolve(Buffer.concat(parts)));
    });
  });
}

/** Office files never declare entities or a document type; a file that does is made to do harm. */
export function refuseDeclarations(files: ReadonlyMap<string, Buffer>, what: string): void {
  for (const content of files.values()) {
    if (/<!(?:DOCTYPE|ENTITY)/i.test(content.toString("latin1"))) {
      throw damaged(what, "written in a way that no such program writes: it declares a document type of its own");
    }
  }
}
