/** Every page is found from the README, and no link leads nowhere. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = join(import.meta.dir, "../..");
const pages = ["README.md", "plugins/README.md", ...pagesBelow("docs")];

function pagesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

/** The files and headings a page links to; addresses elsewhere do not count. */
function linksOf(page: string): { readonly file: string; readonly heading: string | undefined }[] {
  const prose = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", heading] = target.split("#");
      return { file: path === "" ? page : relative(root, resolve(root, dirname(page), path)), heading };
    });
}

/** The name by which a browser finds a heading. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(join(root, page), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("no link leads nowhere", () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter(
        ({ file, heading }) =>
          !existsSync(join(root, file)) ||
          (heading !== undefined && file.endsWith(".md") && !anchorsOf(file).includes(heading)),
      )
      .map(({ file, heading }) => `${page}: ${file}${heading === undefined ? "" : `#${heading}`}`),
  );
  expect(broken).toEqual([]);
});

test("every page is reached from the README", () => {
  const reached = new Set<string>();
  const visit = (page: string): void => {
    if (reached.has(page) || !pages.includes(page)) return;
    reached.add(page);
    for (const { file } of linksOf(page)) visit(file);
  };
  visit("README.md");
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});
