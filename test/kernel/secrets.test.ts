/** What gives a secret away is hidden, and nothing else is. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { Redactor } from "../../src/kernel/secrets.ts";
import { messageOf } from "../../src/kernel/errors.ts";

function knowing(...values: unknown[]): Redactor {
  const redactor = new Redactor();
  for (const value of values) redactor.learn(value);
  return redactor;
}

const odd = `s3cr+t/k&y"9Zq'lo%w\\Ab`;
const pem = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END KEY-----\n";

describe("a secret is found", () => {
  const { stringify } = JSON;
  test.each([
    ["as it is", odd, odd],
    ["in an address", odd, encodeURIComponent(odd)],
    ["in an address in small letters", odd, encodeURIComponent(odd).replace(/%../g, (c) => c.toLowerCase())],
    ["in a form", odd, new URLSearchParams({ k: odd }).toString().slice(2)],
    ["in JSON", odd, stringify(odd).slice(1, -1)],
    ["in JSON in JSON", odd, stringify(stringify(odd)).slice(3, -3)],
    ["in what a console prints", odd, Bun.inspect({ odd }).split('"').slice(1, -1).join('"')],
    ["in a page", odd, odd.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("'", "&#39;")],
    ["in base64", odd, btoa(odd)],
    ["in hex", odd, Buffer.from(odd).toString("hex")],
    ["behind its scheme", "Bearer abc.def", "abc.def"],
    ["in a header that holds it in base64", `Basic ${btoa("me:passw0rd")}`, "passw0rd"],
    ["in an address that holds it", "https://me:passw0rd@host/x?token=abcdef", "passw0rd"],
    ["in a query", "https://me:passw0rd@host/x?token=abcdef", "abcdef"],
    ["in a path", "https://host/v2/a1b2c3d4e5f6g7h8i9/bars", "a1b2c3d4e5f6g7h8i9"],
    ["line by line", pem, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"],
    ["in one line", pem, pem.trim().replaceAll("\n", " ")],
    ["with its lines in JSON", pem, stringify(pem.trim()).slice(1, -1)],
    ["in a record", { Authorization: "Bearer abc.def" }, "abc.def"],
    ["in a list", ["one-of-1", "two-of-2"], "two-of-2"],
  ])("%s", (_where, secret, found) => {
    expect(knowing(secret).clean(`<${found}>`)).toBe("<***>");
  });

  test("in Basic authentication, whoever's it is", () => {
    const redactor = knowing(odd);
    for (const user of ["", "a", "ab", "abc", "user"]) {
      const clean = redactor.clean(btoa(`${user}:${odd}`));
      expect(clean).toMatch(/^.{0,8}\*{3}.{0,4}$/);
    }
  });
});

describe("nothing else is touched", () => {
  test.each([
    ["too short", "abc12", "abc12"],
    ["digits that may be a price", "12345678", "12345678.5"],
    ["the scheme of a header", "Bearer abc.def", "Bearer"],
    ["a word of a passphrase", "correct horse", "correct"],
    [
      "where an address leads to",
      "https://host.example/bars?tf={timeframe}&n=1",
      "https://host.example/bars?n=1",
    ],
    ["no text", 1234567890, "1234567890"],
    ["nothing", null, "null"],
    ["an empty one", "", "text"],
  ])("%s", (_what, secret, text) => {
    expect(knowing(secret).clean(text)).toBe(text);
  });

  test("digits of a number in JSON", () => {
    const json = JSON.stringify({ at: 1712345678901, key: "x1712345678901" });
    expect(knowing("1712345678901").cleanJson(json)).toBe('{"at":1712345678901,"key":"x***"}');
  });

  test("values that hold no secret, classes, and what holds itself", () => {
    const redactor = knowing("abc.def");
    const [date, loop] = [new Date(0), {} as Record<string, unknown>];
    loop["self"] = loop;
    const value: object = {
      date,
      n: Number.NaN,
      list: [null, "abc.def"],
      "abc.def": 1,
    };
    expect(redactor.cleanValue(value)).toEqual({
      date,
      n: Number.NaN,
      list: [null, "***"],
      "***": 1,
    });
    expect(() => redactor.cleanValue(loop)).not.toThrow();
  });
});

test("whatever a secret is made of, no spelling of it is left", () => {
  const secret = fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 }).filter((text) => {
    return text.trim() === text && !/^\d+$/.test(text) && !/\*|\s|:\/\//.test(text);
  });
  fc.assert(
    fc.property(secret, fc.string(), (text, around) => {
      const redactor = knowing(text);
      fc.pre(!around.includes(text));
      const bytes = Buffer.from(text);
      for (const form of [text, encodeURIComponent(text), bytes.toString("hex"), bytes.toString("base64")])
        expect(redactor.clean(`${around}${form}${around}`)).not.toContain(form);
    }),
  );
});

describe("a message is made of anything that is thrown", () => {
  const unsayable = Object.create(null) as object;
  Object.defineProperty(unsayable, "message", {
    get() {
      throw new Error("no");
    },
  });
  test.each([
    ["an error", new Error("first\n  second"), "first second"],
    ["an error without words", new TypeError(), "TypeError"],
    ["a record with a message", { code: 1, message: "no funds" }, "no funds"],
    ["a record", { code: -2015 }, '{"code":-2015}'],
    ["a text", "gone", "gone"],
    ["nothing", undefined, "undefined"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["what cannot be said", unsayable, "something that cannot be said"],
    ["what steers a terminal", new Error("\u001b[2J\u0007gone\u202e"), "\ufffd[2J\ufffdgone\ufffd"],
    ["a page", new Error("x".repeat(100_000)), `${"x".repeat(2_000)}…`],
  ])("%s", (_what, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
