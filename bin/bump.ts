// Brings a pinned version in image-builder/versions.json up to date: `npm run bump -- cloudflared 2026.8.2`.

import { pinnedNames } from "../lib/config/versions.ts";
import { BumpError, bump } from "../operations/bump/bump.ts";

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run([wanted = "", version = ""]: string[]): Promise<void> {
  const name = pinnedNames.find((known) => known === wanted);
  if (!name || !version)
    throw new BumpError(
      `Say what and to which version: npm run bump -- <${pinnedNames.join("|")}> <version>; found "${wanted} ${version}".`,
    );
  const pin = await bump(name, version, { say });
  say(`image-builder/versions.json: ${name} ${JSON.stringify(pin)}`);
}

await run(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof BumpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
