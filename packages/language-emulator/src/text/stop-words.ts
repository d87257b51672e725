/** Words that carry no topic, in the languages of the samples: they end key phrases and weigh nothing in summaries. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    "a about after again all also an and any are as at be because been before but by can could did do does each every",
    "for from had has have he her his how i if in into is it its just may me more most my no nor not now of on once only",
    "or other our out over own please she should so some such than that the their them then there these they this those",
    "to too under until up us very was we were what when where which while who why will with would you your",
    "aber alle als am an auch auf aus bei bis bitte da das dass dem den der des die dies diese dieser doch durch ein eine",
    "einem einen einer eines er es für hat haben ich ihr ihre im in ist kann kein keine können mehr mit nach nicht noch",
    "nur oder seit sich sie sind so über um und uns unser unsere vom von vor war waren was wenn wer werden wie wieder wir",
    "wird wurde zu zum zur al como con de del desde donde e el ella en entre era es esa ese esta este ha han hasta hay la",
    "las le les lo los más me mi muy ni no nos o para pero por que qué se ser si sí sin sobre su sus también te tiene un",
    "una uno y ya",
  ].flatMap((line) => line.split(" ")),
);
