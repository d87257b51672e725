/**
 * File formats that people drop by mistake, by the bytes they begin with (latin1), and end with where a text might begin
 * in the same way.
 */
const SIGNATURES: readonly (readonly [beginning: string, name: string, end?: string])[] = [
  ["%PDF-", "a PDF document"],
  ["{\\rtf", "an RTF document"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls, .ppt) or Outlook message"],
  ["\x89PNG\r\n\x1a\n", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF87a", "a GIF image", "\0;"],
  ["GIF89a", "a GIF image", "\0;"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["\x1f\x8b\x08", "a gzip archive"],
  ["BZh91AY&SY", "a bzip2 archive"],
  ["\xfd7zXZ\0", "an xz archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
  ["\x28\xb5\x2f\xfd", "a Zstandard archive"],
  ["\x7fELF", "a program"],
  ["PAR1", "a Parquet file", "PAR1"],
  ["Obj\x01", "an Avro file"],
  ["SQLite format 3\0", "a SQLite database"],
  ["OggS\0", "an Ogg recording"],
  ["ID3\x03", "an MP3 recording"],
  ["ID3\x04", "an MP3 recording"],
];

/** Files inside a ZIP archive that tell what kind of document the archive is. */
const ZIP_CONTENTS: readonly (readonly [entry: string, name: string])[] = [
  ["word/", "a Word document (.docx)"],
  ["xl/", "an Excel workbook (.xlsx)"],
  ["ppt/", "a PowerPoint presentation (.pptx)"],
  ["mimetypeapplication/epub+zip", "an EPUB book"],
  ["mimetypeapplication/vnd.oasis.opendocument.", "an OpenDocument file (.odt, .ods, .odp)"],
];

/** Says what a file looks like by its first and last bytes, for example `a PDF document`; undefined when it is none of the known. */
export function binarySignature(bytes: Uint8Array): string | undefined {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString("latin1");
  if (beginning.startsWith("PK\x03\x04") || beginning.startsWith("PK\x05\x06")) {
    return ZIP_CONTENTS.find(([entry]) => beginning.includes(entry))?.[1] ?? "a ZIP archive";
  }
  if (beginning.startsWith("RIFF")) return riffKind(beginning.slice(8, 12));
  if (beginning.slice(4, 8) === "ftyp" && beginning.charCodeAt(0) === 0) return "an MP4 or HEIF media file";
  const end = Buffer.from(bytes.subarray(-4)).toString("latin1");
  return SIGNATURES.find(([magic, , last = ""]) => beginning.startsWith(magic) && end.endsWith(last))?.[1];
}

function riffKind(form: string): string | undefined {
  if (form === "WEBP") return "a WebP image";
  if (form === "WAVE") return "a WAVE recording";
  return form === "AVI " ? "an AVI film" : undefined;
}
