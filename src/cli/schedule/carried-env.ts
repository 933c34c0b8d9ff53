import { resolve } from "node:path";

/**
 * What of the environment a scheduled run needs: cron starts programs with next to nothing. Values that may be secrets
 * are never written into a crontab.
 */

type Environment = Readonly<Record<string, string | undefined>>;

const plain = ["PYNE_PLUGIN_LOAD_TIMEOUT", "PYNE_SKIP_PLUGIN_VERSION_CHECK"];
const paths = ["PYNE_DATA_DIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** Variables to write down, and the names of those that are set but must not be. */
export interface CarriedEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly left: readonly string[];
}

/** @param pyneHome the folder in force: what cron takes for the user's home may be another */
export function carriedEnv(env: Environment, cwd: string, pyneHome: string): CarriedEnv {
  const carried: Record<string, string> = { PYNE_HOME: pyneHome };
  const left: string[] = [];
  const given = (name: string): string | undefined => env[name] || undefined;
  for (const name of paths) {
    const value = given(name);
    if (value !== undefined) carried[name] = resolve(cwd, value);
  }
  for (const name of plain) {
    const value = given(name);
    if (value !== undefined) carried[name] = value;
  }
  for (const name of proxies) {
    const value = given(name);
    if (value === undefined) continue;
    if (/\/\/[^/]*@/.test(value)) left.push(name);
    else carried[name] = value;
  }
  left.push(
    ...Object.keys(env).filter((name) => name.startsWith("PYNE_CONFIG_") && given(name) !== undefined),
  );
  return { env: carried, left: left.toSorted() };
}
