import { input, strategy, ta } from "pynecore";

export default strategy(
  "MA cross",
  {
    overlay: true,
    initialCapital: 10_000,
    defaultQtyType: "percent_of_equity",
    defaultQtyValue: 50,
    slippage: 1,
  },
  (s) => {
    const fast = ta.sma(s.close, input.int("Fast", 24, { min: 1 }));
    const slow = ta.sma(s.close, input.int("Slow", 120, { min: 1 }));
    const up = ta.crossover(fast, slow);
    const down = ta.crossunder(fast, slow);
    return () => {
      if (up.now) s.entry("Long", "long");
      if (down.now) s.entry("Short", "short");
      s.plot("Fast", fast.now);
      s.plot("Slow", slow.now);
    };
  },
);
