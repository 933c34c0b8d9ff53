/**
 * Words of the field in the languages of charts. They only name what is there; which column is which is decided by
 * what the cells hold wherever that is possible. A heading in no list is read all the same.
 */

/** What a column can be. */
export type ColumnRole = "number" | "type" | "signal" | "time" | "price" | "quantity" | "profit";

/** Words that a heading begins with or is, lower case, by role. */
const headings: Readonly<Record<ColumnRole, readonly string[]>> = {
  number: ["trade #", "trade no", "trade number", "trade", "#", "no.", "№"],
  type: ["type", "side", "direction", "typ", "tipo", "тип", "tür", "类型", "類型", "タイプ", "種類", "유형"],
  signal: [
    "signal",
    "señal",
    "sinal",
    "segnale",
    "сигнал",
    "sinyal",
    "sygnał",
    "信号",
    "訊號",
    "シグナル",
    "신호",
  ],
  time: ["date", "time", "datum", "zeit", "fecha", "data", "дата", "tarih", "日期", "日時", "日付", "날짜"],
  price: [
    "price",
    "preis",
    "prix",
    "precio",
    "preço",
    "prezzo",
    "цена",
    "fiyat",
    "cena",
    "价格",
    "價格",
    "価格",
    "가격",
  ],
  quantity: [
    ...["contracts", "quantity", "qty", "position size (qty)", "size (qty)", "position size", "size"],
    ...["menge", "kontrakte", "quantité", "contrats", "cantidad", "contratos", "quantidade", "quantità"],
    ...["количество", "контракты", "miktar", "ilość", "数量", "數量", "수량"],
  ],
  profit: ["net p&l", "p&l", "net profit", "profit", "net pnl", "pnl"],
};

/** What a heading says its column is; `undefined` when it says nothing we know. */
export function roleOfHeading(heading: string): ColumnRole | undefined {
  const text = heading.trim().toLowerCase().replace(/\s+/g, " ");
  if (/%|percent|\(value\)|cum/.test(text)) return undefined;
  for (const [role, words] of Object.entries(headings) as [ColumnRole, readonly string[]][]) {
    for (const word of words) {
      if (text === word) return role;
      // A price or a profit goes on with its currency; "trade type" is no number.
      if (role !== "number" && text.startsWith(word) && !/^[\p{L}&]/u.test(text.slice(word.length)))
        return role;
    }
  }
  return undefined;
}

/** Whether a heading or a label speaks of the entry or the exit of a trade. */
export function legOf(label: string): "entry" | "exit" | undefined {
  return one(label, ["exit", exitWords], ["entry", entryWords]);
}

/** Whether a label speaks of a long or a short trade. */
export function sideOf(label: string): "long" | "short" | undefined {
  // "Verkauf" holds "Kauf".
  return one(label, ["short", shortWords], ["long", longWords]);
}

/** Whether an exit's signal says that there has been no exit yet. */
export function saysOpen(signal: string): boolean {
  return openWords.includes(signal.trim().toLowerCase());
}

function one<Meaning>(
  label: string,
  ...meanings: readonly (readonly [Meaning, readonly string[]])[]
): Meaning | undefined {
  const text = label.toLowerCase();
  return meanings.find(([, words]) => words.some((word) => text.includes(word)))?.[0];
}

const entryWords = [
  ...["entry", "enter", "einstieg", "eröffnung", "entrée", "entrada", "entrata", "ingresso", "вход", "giriş"],
  ...["wejście", "入场", "进场", "進場", "エントリー", "진입"],
];
const exitWords = [
  ...[
    "exit",
    "close",
    "ausstieg",
    "schließung",
    "sortie",
    "salida",
    "saída",
    "uscita",
    "выход",
    "çıkış",
    "wyjście",
  ],
  ...["出场", "出場", "平仓", "平倉", "エグジット", "決済", "청산"],
];
const longWords = [
  ...[
    "long",
    "buy",
    "kauf",
    "achat",
    "compra",
    "acquisto",
    "покупк",
    "лонг",
    "длинн",
    "alış",
    "uzun",
    "długa",
  ],
  ...["多", "买", "買", "ロング", "매수", "롱"],
];
const shortWords = [
  ...[
    "short",
    "sell",
    "verkauf",
    "vente",
    "venta",
    "venda",
    "vendita",
    "продаж",
    "шорт",
    "коротк",
    "satış",
    "kısa",
  ],
  ...["krótka", "空", "卖", "賣", "売", "ショート", "매도", "숏"],
];
const openWords = [
  ...[
    "open",
    "offen",
    "ouvert",
    "ouverte",
    "abierto",
    "abierta",
    "aberto",
    "aberta",
    "aperto",
    "aperta",
    "открыта",
  ],
  ...["открыто", "открыт", "açık", "otwarta", "otwarte", "未平仓", "未平倉", "持仓中", "オープン", "미청산"],
];
