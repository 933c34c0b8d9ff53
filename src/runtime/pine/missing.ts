import { RuntimeFailure } from "../../kernel/errors.ts";

/** What a namespace does not have names itself when it is used. */
function missing(namespace: string): object {
  return new Proxy(
    {},
    {
      get(_target, member) {
        if (typeof member === "symbol" || member in Object.prototype) return undefined;
        throw notSupported(namespace === "" ? plainName(member) : `${namespace}.${member}`);
      },
    },
  );
}

/** Overloads that are implemented apart share their name in the language. */
function plainName(member: string): string {
  return member.replace(/_(of|in)(_[a-z]+)?$/, "");
}

/**
 * A base class for namespaces that are not complete: a member that the class does not have is reported by name, and
 * those that it has cost nothing.
 */
export function incomplete(namespace: string): new () => object {
  function Incomplete(): void {}
  Incomplete.prototype = Object.create(missing(namespace));
  return Incomplete as unknown as new () => object;
}

function notSupported(what: string): RuntimeFailure {
  return new RuntimeFailure(`${what} is not supported yet`);
}
