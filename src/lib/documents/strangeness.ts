import iconv from "iconv-lite";

/** Alphabets that no word mixes. */
const ALPHABETS: readonly RegExp[] = [
  /\p{sc=Latin}/u,
  /\p{sc=Cyrillic}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Hebrew}/u,
  /\p{sc=Arabic}/u,
  /\p{sc=Thai}/u,
];
/** Scripts that write words without spaces, and punctuation beside them. */
const EAST_ASIAN = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\u3000-\u30ff\uff00-\uffef]/u;
const IDEOGRAPH_OR_SYLLABLE = /[\p{sc=Han}가-힣]/u;
const KANA = /[\p{sc=Hira}\p{sc=Kana}]/u;
/** Stand within words, or say nothing. */
const WITHIN_WORDS = /[’‘´‐‑\u00a0\u00ad\u200b-\u200f]/;
/** Symbols that prose has; the others stand in tables and drawings. */
const SYMBOLS_OF_PROSE = /[€£¥°§©®™²³×½¾←→↑↓■□▪●○◆◇★☆♪±]/u;
const LETTER_LIKE = /[ƒªºµ]/;
/** Marks that open something, and are no letter's end. */
const OPENING = /[‚„¿¡]/;
const TURKISH = /1254|857|8859-[39]|turk/;
const JAPANESE = /jis|euc-jp/;

/**
 * How much of a text's characters outside ASCII is what no text has: symbols within words, words in two alphabets, a
 * capital after a small letter, controls, drawing characters beside letters, rare Han characters, kana in a Chinese code.
 * It is what bytes become in the wrong encoding. 0 for text as people write it, 1 for nonsense.
 * @param charset whose characters these are: a dotless i is common in Turkish code pages and foreign to the others
 */
export function strangeness(text: string, charset: string): number {
  const characters = Array.from(text);
  let strange = 0;
  let all = 0;
  for (const [index, character] of characters.entries()) {
    if (character < "\x80") continue;
    all++;
    const before = characters[index - 1] ?? " ";
    strange += strangenessOf(character, before, characters[index + 1] ?? " ", charset);
  }
  return all === 0 ? 0 : Math.min(1, strange / all);
}

function strangenessOf(character: string, before: string, after: string, charset: string): number {
  if (/[\ufffd\x80-\x9f\p{Co}\p{Cn}]/u.test(character)) return 1;
  if (EAST_ASIAN.test(character)) return strangeEastAsian(character, after, charset);
  if (character === "ı" && !TURKISH.test(charset)) return 1;
  if (LETTER_LIKE.test(character)) return character === "ƒ" || inWord(before, after) ? 1 : 0;
  if (/\p{L}/u.test(character)) return strangeLetter(character, before, after);
  if (/\p{M}/u.test(character)) return /[\p{L}\p{M}]/u.test(before) ? 0 : 0.5;
  if (WITHIN_WORDS.test(character)) return 0;
  // The middle dot of Catalan.
  if (character === "·") return inWord(before, after) && `${before}${after}`.toLowerCase() !== "ll" ? 1 : 0;
  if (/[\u2500-\u259f]/.test(character)) return /\p{L}/u.test(before + after) ? 1 : 0.3;
  if (inWord(before, after) || (OPENING.test(character) && /\p{L}/u.test(before))) return 1;
  if (!/[\p{S}\p{No}]/u.test(character)) return 0;
  if (!SYMBOLS_OF_PROSE.test(character)) return 0.4;
  return /[£¥§©®²³×½¾]/.test(character) && /\p{L}/u.test(before + after) ? 0.3 : 0;
}

function inWord(before: string, after: string): boolean {
  return /\p{L}/u.test(before) && /\p{L}/u.test(after) && !EAST_ASIAN.test(before) && !EAST_ASIAN.test(after);
}

function strangeLetter(character: string, before: string, after: string): number {
  if (/[ˆ˜]/.test(character) || (character === "Ÿ" && /\p{Ll}/u.test(after))) return 1;
  const own = alphabetOf(character);
  const others = [alphabetOf(before), alphabetOf(after)].filter((other) => other >= 0 && other !== own);
  if (own >= 0 && others.length > 0) return 1;
  if (/\d/.test(before + after)) return 0.5;
  if (/\p{Lu}/u.test(character)) return /\p{Ll}/u.test(before) ? 1 : 0;
  return /\p{Ll}/u.test(character) && /\p{Lu}/u.test(after) ? 1 : 0;
}

function alphabetOf(character: string): number {
  return ALPHABETS.findIndex((alphabet) => alphabet.test(character));
}

function strangeEastAsian(character: string, after: string, charset: string): number {
  if (IDEOGRAPH_OR_SYLLABLE.test(character) && !isCommon(character)) return 0.5;
  if (KANA.test(character) && !JAPANESE.test(charset)) return 0.5;
  // An accented capital before a small letter is a double-byte code of Chinese or Japanese.
  return /[a-z]/.test(after) ? 0.3 : 0;
}

/**
 * The characters that national standards chose for daily use: where these double-byte codes keep them. The second byte
 * of a code is `trail` or more; what is no code there stands for no character.
 */
const TABLES = [
  { standard: "GB 2312 level 1", encoding: "gbk", first: 0xb0a1, last: 0xd7f9, trail: 0xa1 },
  { standard: "Big5 level 1", encoding: "big5", first: 0xa440, last: 0xc67e, trail: 0x40 },
  { standard: "JIS X 0208 level 1", encoding: "shift_jis", first: 0x889f, last: 0x9872, trail: 0x40 },
  { standard: "KS X 1001", encoding: "euc-kr", first: 0xb0a1, last: 0xc8fe, trail: 0xa1 },
] as const;

let common: ReadonlySet<string> | undefined;

/**
 * Whether a Han character or a Hangul syllable is of those that are in daily use: about 7,000 of 100,000, and 2,350
 * of 11,172. Of characters drawn by lot, or made of the bytes of something else, two in three are not.
 */
export function isCommon(character: string): boolean {
  common ??= new Set(TABLES.flatMap((table) => [...iconv.decode(codesOf(table), table.encoding)]));
  return common.has(character);
}

/** A space after each keeps what is no code from becoming half of the next. */
function codesOf({ first, last, trail }: (typeof TABLES)[number]): Buffer {
  const bytes: number[] = [];
  for (let code = first; code <= last; code++) {
    if ((code & 0xff) >= trail) bytes.push(code >> 8, code & 0xff, 0x20);
  }
  return Buffer.from(bytes);
}
