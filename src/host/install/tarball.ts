import { gunzipSync } from "node:zlib";

import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * Looks through a package tarball before anybody unpacks it. A path that leads out of the folder, absolute or through
 * `..`, a link of any kind, or a device refuses the whole archive.
 *
 * @returns the names of its files
 * @throws RuntimeFailure naming the entry
 */
export function checkTarball(bytes: Uint8Array, path: string): string[] {
  const refuse = (reason: string): never => {
    throw new RuntimeFailure(`${path} is not installed: ${reason}`);
  };
  let tar: Uint8Array;
  try {
    tar =
      bytes[0] === 0x1f && bytes[1] === 0x8b
        ? gunzipSync(bytes, { maxOutputLength: 512 * 1024 * 1024 })
        : bytes;
  } catch {
    return refuse("it is no tarball");
  }
  if (tar.length < 512) return refuse("it is no tarball");
  const names: string[] = [];
  let longName: string | undefined;
  for (let offset = 0; offset + 512 <= tar.length;) {
    const header = tar.subarray(offset, offset + 512);
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header.subarray(124, 136));
    if (!Number.isSafeInteger(size) || size < 0 || textAt(header, 257, 5) !== "ustar")
      return refuse("it is no tarball");
    const body = tar.subarray(offset + 512, offset + 512 + size);
    const type = String.fromCharCode(header[156] ?? 0);
    offset += 512 + Math.ceil(size / 512) * 512;
    if (type === "L") longName = textAt(body, 0, size);
    else if (type === "x")
      longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(textAt(body, 0, size))?.[1] ?? longName;
    else if (type !== "g") {
      const prefix = textAt(header, 345, 155);
      const short = textAt(header, 0, 100);
      const name = longName ?? (prefix === "" ? short : `${prefix}/${short}`);
      longName = undefined;
      if (/^([/\\]|[A-Za-z]:)/.test(name) || name.split(/[/\\]/).includes("..")) {
        refuse(`"${name}" in it leads out of the package`);
      }
      if (type !== "0" && type !== "\0" && type !== "5") refuse(`"${name}" in it is a link or a device`);
      if (type !== "5") names.push(name);
    }
  }
  if (!names.some((name) => /^[^/]+\/package\.json$/.test(name))) refuse("it holds no package.json");
  return names;
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  const slice = bytes.subarray(offset, offset + length);
  const end = slice.indexOf(0);
  return new TextDecoder().decode(end < 0 ? slice : slice.subarray(0, end));
}

function octal(bytes: Uint8Array): number {
  const text = textAt(bytes, 0, bytes.length).trim();
  return text === "" ? 0 : Number.parseInt(text, 8);
}
