/**
 * A number in [0, 1) that depends on its arguments alone: FNV-1a over the text, MurmurHash3's finaliser over that. The
 * same order meets the same fate, whatever came before it and however often it is sent.
 */
export function chanceOf(seed: number, text: string): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
