/** `footprint` and `volume_row`: there is no volume by price, so every one is na, and so is what it is asked for. */

const na = (): number => Number.NaN;
const nothing = (): null => null;

export const footprint = {
  buy_volume: na,
  sell_volume: na,
  delta: na,
  total_volume: na,
  vah: nothing,
  val: nothing,
  poc: nothing,
  rows: nothing,
  get_row_by_price: nothing,
};

export const volumeRow = {
  up_price: na,
  down_price: na,
  buy_volume: na,
  sell_volume: na,
  delta: na,
  total_volume: na,
  has_buy_imbalance: (): boolean => false,
  has_sell_imbalance: (): boolean => false,
};
