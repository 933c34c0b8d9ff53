/** A multiset of numbers in exact ascending order. Places are found by halves; what lies behind moves in one copy. */
export class SortedValues {
  /** Valid up to `size`. */
  values: Float64Array<ArrayBuffer> = new Float64Array(16);
  size = 0;

  /** How many values are less than `value`. */
  below(value: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(value: number): void {
    if (this.size === this.values.length) {
      const larger = new Float64Array(2 * this.size);
      larger.set(this.values);
      this.values = larger;
    }
    const place = this.below(value);
    this.values.copyWithin(place + 1, place, this.size++);
    this.values[place] = value;
  }

  /** Takes one occurrence out. */
  remove(value: number): void {
    const place = this.below(value);
    this.values.copyWithin(place, place + 1, this.size--);
  }

  clear(): void {
    this.size = 0;
  }
}
