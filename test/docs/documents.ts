// The documents as a reader's browser takes them: which anchors each has, and where it links to.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };

const scripts: Record<string, string> = manifest.scripts;

export interface Document {
  /** from the project's directory */
  path: string;
  text: string;
  anchors: Set<string>;
}

export const read = (path: string): Document => {
  const text = readFileSync(path, "utf8");
  return { path, text, anchors: new Set([...headings(text).map(anchorOf), ...idsIn(text)]) };
};

export const readAll = (): Document[] => globSync(["*.md", "docs/**/*.md"]).toSorted().map(read);

export const headings = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);

/** As GitHub derives it: lower case, without punctuation, hyphens for blanks. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const idsIn = (text: string): string[] => [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);

/** @returns the file, from the project's directory, and the anchor, if any, of each link; code may look like one, and is none */
export const linksOf = ({ path, text }: Document): { file: string; anchor: string }[] =>
  [...text.replaceAll(/`[^`\n]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = "", anchor = ""] = link.split("#");
      return { file: file ? join(dirname(path), file) : path, anchor };
    });

/** What is indented by four blanks outside of lists: what a reader pastes. */
export const codeBlocks = (text: string): string[] =>
  [...text.matchAll(/(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+/g)].map(([block]) => block.replace(/^ {4}/gm, ""));

/** Where a document runs `warren`, by itself or by an npm script: the subcommand, and its options. */
export const warrenLines = (text: string): { verb: string; options: string[] }[] =>
  [...withoutScripts(text).matchAll(/(?:npx |bin\/|`)warren ([a-z-]+)([^`|#\n]*)/g)].map(
    ([, verb = "", rest = ""]) => ({ verb, options: ourOptions(rest) }),
  );

/** Every npm script that is a command of `warren` is written as that. */
const withoutScripts = (text: string): string =>
  text.replace(/\bnpm (?:run (\w+)|(start))\b(?: --(?= ))?/g, (whole, script, start) => {
    const runs = scripts[script ?? start]?.match(/^bin\/(warren.*)/)?.[1];
    return runs ? `npx ${runs}` : whole;
  });

/** After a bare `--` come those of another program. */
const ourOptions = (rest: string): string[] =>
  rest
    .split(" -- ", 1)
    .join()
    .match(/--[a-z-]+/g) ?? [];
