import burner, { type Entry } from "@kenjiuno/msgreader/lib/Burner.js";

/** What an Outlook message holds. */
export interface MessageParts {
  subject: string;
  from: { name: string; address: string };
  to: { name: string; address: string };
  /** Milliseconds since 1970. */
  sentAt: number;
  body?: string;
  html?: string;
  attachments?: readonly { name: string; type: string; bytes: Uint8Array }[];
}

/** Types of entries of a compound file (MS-CFB 2.6.1). */
const [STORAGE, STREAM, ROOT] = [1, 2, 5] as const;
/** Types of properties (MS-OXCDATA 2.11.1). */
const [INTEGER, TIME, UNICODE, BINARY] = ["0003", "0040", "001F", "0102"] as const;
/** Milliseconds from 1601, where Windows begins to count, to 1970. */
const TO_1601 = 11_644_473_600_000;

type Tree = Map<string, Uint8Array | Tree>;

/** The bytes of an Outlook message (MS-OXMSG), as far as readers look. */
export function makeMsg({ subject, from, to, sentAt, body, html, attachments = [] }: MessageParts): Uint8Array {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(BigInt(sentAt + TO_1601) * 10_000n);
  const root = folder(32, [
    ["0037", UNICODE, text(subject)],
    ["0C1A", UNICODE, text(from.name)],
    ["5D01", UNICODE, text(from.address)],
    ["0039", TIME, time],
    ...(body === undefined ? [] : [["1000", UNICODE, text(body)] as const]),
    ...(html === undefined ? [] : [["1013", BINARY, Buffer.from(html)] as const]),
  ]);
  root.set(
    "__recip_version1.0_#00000000",
    folder(8, [
      ["3001", UNICODE, text(to.name)],
      ["39FE", UNICODE, text(to.address)],
      ["0C15", INTEGER, number(1)],
    ]),
  );
  for (const [index, { name, type, bytes }] of attachments.entries()) {
    const content = folder(8, [
      ["3707", UNICODE, text(name)],
      ["370E", UNICODE, text(type)],
      ["3701", BINARY, bytes],
      ["3705", INTEGER, number(1)],
    ]);
    root.set(`__attach_version1.0_#${String(index).padStart(8, "0")}`, content);
  }
  return burner.burn(entriesOf(root));
}

type Property = readonly [id: string, type: string, value: Uint8Array];

/** Properties: those of fixed size stand in one stream, each other in a stream of its own. */
function folder(head: number, properties: readonly Property[]): Tree {
  const tree: Tree = new Map();
  const rows = [Buffer.alloc(head)];
  for (const [id, type, value] of properties) {
    const row = Buffer.alloc(16);
    row.writeUInt16LE(Number.parseInt(type, 16), 0);
    row.writeUInt16LE(Number.parseInt(id, 16), 2);
    row.writeUInt32LE(6, 4);
    if (type === UNICODE || type === BINARY) {
      row.writeUInt32LE(value.length + (type === UNICODE ? 2 : 0), 8);
      tree.set(`__substg1.0_${id}${type}`, value);
    } else Buffer.from(value).copy(row, 8);
    rows.push(row);
  }
  tree.set("__properties_version1.0", Buffer.concat(rows));
  return tree;
}

const text = (value: string): Uint8Array => Buffer.from(value, "utf16le");

function number(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function entriesOf(root: Tree): Entry[] {
  const entries: Entry[] = [{ name: "Root Entry", type: ROOT, length: 0, children: [] }];
  const add = (tree: Tree, parent: Entry): void => {
    for (const [name, content] of tree) {
      const isStream = content instanceof Uint8Array;
      const entry: Entry = isStream
        ? { name, type: STREAM, length: content.length, binaryProvider: () => new Uint8Array(content) }
        : { name, type: STORAGE, length: 0, children: [] };
      parent.children?.push(entries.push(entry) - 1);
      if (!isStream) add(content, entry);
    }
  };
  const [first] = entries;
  if (first !== undefined) add(root, first);
  return entries;
}
