import { messageOf } from "../../kernel/errors.ts";
import { symbolTypes, volumeTypes } from "../../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { zoneOffset } from "../../kernel/zone.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, skip } from "./outcome.ts";

/** The code of `NotSupportedError`, whichever copy of the API it is from. */
export const notSupported = "PROVIDER_NOT_SUPPORTED";

const clockTime = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** Which symbols there are, and what is said about one. */
export const symbolCases: readonly ConformanceCase[] = [
  {
    id: "symbols-listed",
    title: "symbols are listed",
    needs: [],
    run: async (lab) => {
      const symbols = await lab.symbols().catch((error: unknown) => {
        if ((error as { code?: unknown }).code === notSupported) return skip(messageOf(error));
        throw error;
      });
      if (!Array.isArray(symbols) || symbols.length === 0) fail("the list is empty");
      const odd = symbols.find((symbol) => typeof symbol !== "string" || !/^\S(.*\S)?$/.test(symbol));
      if (odd !== undefined) fail(`${JSON.stringify(odd)} is no symbol`);
      return `${symbols.length}`;
    },
  },
  {
    id: "symbols-unique",
    title: "symbols are unique",
    needs: ["symbols-listed"],
    run: async (lab) => {
      const symbols = await lab.symbols();
      const seen = new Set<string>();
      for (const symbol of symbols) {
        if (seen.has(symbol)) fail(`"${symbol}" is listed twice`);
        seen.add(symbol);
      }
    },
  },
  {
    id: "info-complete",
    title: "symbol information is complete",
    needs: [],
    run: async (lab) => {
      const info = await lab.info();
      for (const key of ["prefix", "ticker", "description", "currency"] as const) {
        if (typeof info[key] !== "string" || info[key].trim() === "") {
          fail(`${key} is ${JSON.stringify(info[key])}`);
        }
      }
      if (!(info.pointvalue > 0)) fail(`pointvalue is above zero, not ${info.pointvalue}`);
      if (!(info.mincontract >= 0)) fail(`mincontract is zero (unknown) or above, not ${info.mincontract}`);
      return `${info.prefix}:${info.ticker}`;
    },
  },
  {
    id: "info-tick",
    title: "mintick = minmove / pricescale",
    needs: ["info-complete"],
    run: async (lab) => {
      const { mintick, minmove, pricescale } = await lab.info();
      for (const [key, value] of Object.entries({ minmove, pricescale })) {
        if (!Number.isSafeInteger(value) || value < 1)
          fail(`${key} is a whole number above zero, not ${value}`);
      }
      const expected = minmove / pricescale;
      if (!(Math.abs(mintick - expected) <= expected * 1e-12)) {
        fail(`mintick is ${mintick}, ${minmove} / ${pricescale} is ${expected}`);
      }
      return `${mintick}`;
    },
  },
  {
    id: "info-sessions",
    title: "trading hours are listed, days 0 (Monday) to 6",
    needs: ["info-complete"],
    run: async (lab) => {
      const { openingHours, sessionStarts, sessionEnds } = await lab.info();
      for (const [name, list] of Object.entries({ openingHours, sessionStarts, sessionEnds })) {
        if (!Array.isArray(list) || list.length === 0) {
          fail(`${name} is empty; a market that never closes lists seven days, 00:00:00 to 00:00:00`);
        }
      }
      const moments = [
        ...openingHours.flatMap(({ day, start, end }) => [
          { day, time: start },
          { day, time: end },
        ]),
        ...sessionStarts,
        ...sessionEnds,
      ];
      for (const { day, time } of moments) {
        if (![0, 1, 2, 3, 4, 5, 6].includes(day)) fail(`a day is 0 to 6, not ${day}`);
        if (!clockTime.test(time)) fail(`a time is HH:MM:SS, not "${time}"`);
      }
    },
  },
  {
    id: "info-timezone",
    title: "the time zone exists",
    needs: ["info-complete"],
    run: async (lab) => {
      const { timezone } = await lab.info();
      if (typeof timezone !== "string" || zoneOffset(timezone) === undefined) {
        fail(`"${timezone}" is neither an IANA name nor an offset such as UTC+5:30`);
      }
      return timezone;
    },
  },
  {
    id: "info-type",
    title: "the types of symbol and volume are known ones",
    needs: ["info-complete"],
    run: async (lab) => {
      const { type, volumetype } = await lab.info();
      if (!symbolTypes.includes(type)) fail(`type is one of ${symbolTypes.join(", ")}, not "${type}"`);
      if (!volumeTypes.includes(volumetype)) {
        fail(`volumetype is one of ${volumeTypes.join(", ")}, not "${volumetype}"`);
      }
      return type;
    },
  },
  {
    id: "info-period",
    title: "the period is the timeframe that was asked for",
    needs: ["info-complete"],
    run: async (lab) => {
      const [{ period }, timeframe] = [await lab.info(), await lab.timeframe()];
      if (timeframeSeconds(parseTimeframe(period)) !== timeframeSeconds(parseTimeframe(timeframe))) {
        fail(`asked for ${timeframe}, the information says ${period}`);
      }
    },
  },
];
