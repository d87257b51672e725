import iconv from "iconv-lite";

/** One letter of complaint in several languages, with the legacy encodings that such letters are stored in. */
export const LEGACY_TEXTS: readonly { language: string; text: string; encodings: readonly string[] }[] = [
  {
    language: "German",
    text: "Guten Tag, das Gerät wurde gestern beschädigt geliefert, und der Schlüssel fehlt. Ich möchte es zurückgeben und bitte höflich um eine schnelle Rückerstattung des vollen Betrages.\nMit freundlichen Grüßen aus München, Jürgen Groß\n",
    encodings: ["windows-1252", "iso-8859-1", "iso-8859-15", "cp850", "cp437", "macintosh"],
  },
  {
    language: "French",
    text: "Bonjour, le colis a été livré hier, mais la boîte était ouverte et le câble abîmé. J'espère être remboursée très bientôt, à défaut je préfère un échange.\nCordialement, Hélène Lefèvre, une cliente déçue\n",
    encodings: ["windows-1252", "iso-8859-1", "cp850", "macintosh"],
  },
  {
    language: "Spanish",
    text: "Buenos días: el teléfono llegó roto y la batería se calienta demasiado. ¿Cuándo podrán enviarme otro? Todavía no recibí ninguna contestación y mañana será demasiado tarde.\nAtentamente, Íñigo Muñoz\n",
    encodings: ["windows-1252", "iso-8859-1", "cp850", "macintosh"],
  },
  {
    language: "Polish",
    text: "Dzień dobry, paczka przyszła wczoraj, ale zawartość była uszkodzona. Proszę o jak najszybszy zwrot pieniędzy, gdyż nie mogę już dłużej czekać. Obsługa obiecała odpowiedź w ciągu trzech dni.\nŁączę pozdrowienia, Stanisław Żółkiewski\n",
    encodings: ["windows-1250", "iso-8859-2", "cp852"],
  },
  {
    language: "Czech",
    text: "Dobrý den, zásilka dorazila až včera a přístroj vůbec nefunguje. Žádám o vrácení peněz, případně o výměnu za nový kus. Předem děkuji za rychlé vyřízení.\nS přáním hezkého dne, Jiří Dvořák\n",
    encodings: ["windows-1250", "iso-8859-2", "cp852"],
  },
  {
    language: "Hungarian",
    text: "Tisztelt Ügyfélszolgálat! A megrendelt készülék sérülten érkezett, és a töltője hiányzik belőle. Kérem, küldjenek egy újat, vagy térítsék vissza a vételárat minél előbb.\nÜdvözlettel: Kovács Győző\n",
    encodings: ["windows-1250", "iso-8859-2", "cp852"],
  },
  {
    language: "Russian",
    text: "Здравствуйте! Посылка пришла вчера, но коробка была вскрыта, а зарядное устройство пропало. Прошу вернуть деньги как можно скорее, иначе я обращусь в суд.\nС уважением, Алексей Щербаков\n",
    encodings: ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic", "cp855"],
  },
  {
    language: "Ukrainian",
    text: "Вітаю! Замовлення приїхало лише вчора, і воно пошкоджене. Я хочу повернути його та отримати свої гроші назад якнайшвидше. Чекаю на вашу відповідь уже третій тиждень.\nЗ повагою, Євген Їжакевич\n",
    encodings: ["windows-1251", "koi8-u", "x-mac-cyrillic"],
  },
  {
    language: "Greek",
    text: "Καλημέρα σας, το δέμα έφτασε χθες αλλά η συσκευή δεν λειτουργεί καθόλου. Θα ήθελα να μου επιστραφούν τα χρήματα το συντομότερο δυνατό.\nΜε εκτίμηση, Γιώργος Παπαδόπουλος\n",
    encodings: ["windows-1253", "iso-8859-7", "cp737"],
  },
  {
    language: "Hebrew",
    text: "שלום רב, החבילה הגיעה אתמול אבל המכשיר שבור ואינו עובד כלל. אני מבקש לקבל את כספי בחזרה בהקדם האפשרי.\nבברכה, יוסף כהן\n",
    encodings: ["windows-1255", "cp862"],
  },
  {
    language: "Arabic",
    text: "مرحبا، وصلت الشحنة أمس ولكن الجهاز لا يعمل على الإطلاق. أرجو إعادة المبلغ كاملا في أقرب وقت ممكن، وشكرا لكم على حسن التعاون.\n",
    encodings: ["windows-1256"],
  },
  {
    language: "Turkish",
    text: "Merhaba, sipariş ettiğim ürün dün geldi ama kutusu açılmış ve cihaz çalışmıyor. Paramın en kısa sürede iade edilmesini istiyorum, aksi hâlde şikâyetçi olacağım.\nSaygılarımla, Çağrı Işık\n",
    encodings: ["windows-1254", "iso-8859-9", "cp857"],
  },
  {
    language: "Lithuanian",
    text: "Laba diena, vakar gavau siuntą, bet prietaisas neveikia ir trūksta įkroviklio. Prašau kuo greičiau grąžinti pinigus arba atsiųsti naują įrenginį. Už pagalbą iš anksto dėkoju.\n",
    encodings: ["windows-1257", "iso-8859-13"],
  },
  {
    language: "Thai",
    text: "สวัสดีครับ พัสดุมาถึงเมื่อวานนี้ แต่เครื่องเสียและไม่มีสายชาร์จ ผมต้องการขอเงินคืนโดยเร็วที่สุด ขอบคุณครับ\n",
    encodings: ["windows-874"],
  },
  {
    language: "Japanese",
    text: "お世話になっております。昨日届いた荷物の箱が開いており、充電器が入っていませんでした。早急に返金していただけますようお願いいたします。\n",
    encodings: ["shift_jis", "euc-jp"],
  },
  {
    language: "Chinese",
    text: "您好，昨天收到的包裹已经被打开，里面没有充电器，机器也不能使用。请尽快退款，否则我会向有关部门投诉。谢谢！\n",
    encodings: ["gb18030"],
  },
  {
    language: "Chinese of Taiwan",
    text: "您好，昨天收到的包裹已經被打開，裡面沒有充電器，機器也不能使用。請儘快退款，否則我會向有關單位申訴。謝謝！\n",
    encodings: ["big5"],
  },
  {
    language: "Korean",
    text: "안녕하세요. 어제 받은 상자가 이미 열려 있었고 충전기가 없었습니다. 가능한 한 빨리 환불해 주시기 바랍니다. 감사합니다.\n",
    encodings: ["euc-kr"],
  },
];

/** What systems write around what people write. */
export const LOG_LINE = "2026-05-03 10:00:12 INFO [worker-0] request accepted id=077 status=200 duration=12ms\n";

/** The bytes of a text. What iconv-lite cannot write in the new Macintosh table, it has in the old one. */
export function encodeLegacy(text: string, encoding: string): Buffer {
  return iconv.encode(text, encoding === "x-mac-cyrillic" ? "maccyrillic" : encoding);
}
