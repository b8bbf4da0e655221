// Brings a pinned version in image-builder/versions.json up to date: `npm run bump -- cloudflared 2026.8.2`.

import { type ImageName, imageRepositories, releases, type ToolName } from "../lib/config/versions.ts";
import { BumpError, imagePin, toolPin, writePin } from "../operations/bump/bump.ts";

async function bump([name = "", version = ""]: string[]): Promise<void> {
  const isTool = Object.hasOwn(releases, name);
  const known = [...Object.keys(releases), ...Object.keys(imageRepositories)];
  if (!known.includes(name) || !version)
    throw new BumpError(
      `Say what and to which version: npm run bump -- <${known.join("|")}> <version>; found "${name} ${version}".`,
    );
  const pin = isTool ? await toolPin(name as ToolName, version) : await imagePin(name as ImageName, version);
  writePin(isTool ? "tools" : "images", name, pin);
  process.stdout.write(`image-builder/versions.json: ${name} ${JSON.stringify(pin)}\n`);
}

await bump(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof BumpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
