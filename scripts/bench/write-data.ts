/** `PATH BARS`: writes a data file of one-minute bars with its symbol. In a process of its own: it takes memory. */
import { writeFileSync } from "node:fs";

import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { syntheticBars } from "./synthetic.ts";

const symbol = `[symbol]
prefix = "BENCH"
description = "Synthetic"
ticker = "BENCH"
currency = "USD"
period = "1"
type = "other"
mintick = 0.01
pricescale = 100
minmove = 1
pointvalue = 1
mincontract = 1
timezone = "UTC"
volumetype = "base"
`;

const [path = "", bars = ""] = process.argv.slice(2);
const timeframe = parseTimeframe("1");
using writer = OhlcvWriter.create(path, { timeframe, grid: { minmove: 1, pricescale: 100 } });
writer.append(syntheticBars(Number(bars)));
writeFileSync(path.replace(/\.ohlcv$/, ".toml"), symbol);
