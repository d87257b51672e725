/** Highest code point tested below: no combining mark lies between here and the variation selectors of plane 14. */
const TABLE_END = 0x20000;
const PLANE_14 = { start: 0xe0100, end: 0xe01ef };
const FIRST_MARK = 0x300;

let table: Uint8Array | undefined;

/** True for a combining mark: Unicode general category Mn, Mc or Me. Fast enough to be asked for every character. */
export function isCombiningMark(codePoint: number): boolean {
  if (codePoint < FIRST_MARK) return false;
  if (codePoint >= TABLE_END) return codePoint >= PLANE_14.start && codePoint <= PLANE_14.end;
  table ??= buildTable();
  return table[codePoint] === 1;
}

function buildTable(): Uint8Array {
  const marks = new Uint8Array(TABLE_END);
  for (let codePoint = FIRST_MARK; codePoint < TABLE_END; codePoint++) {
    if (/^\p{M}/u.test(String.fromCodePoint(codePoint))) marks[codePoint] = 1;
  }
  return marks;
}
