import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { region } from "../../test/support/test-ministack.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "warren-life-"));
});
afterEach(() => rm(directory, { recursive: true }));

const startIn = (port: number) => `
  const { startMinistack } = await import(${JSON.stringify(new URL("./ministack.ts", import.meta.url).href)});
  const { url } = await startMinistack(${JSON.stringify({ port, region, logFile: join(directory, "log") })});
  process.stdout.write(url);
`;

test("MiniStack ends with a stage that was killed, and takes what it unpacked with it", async () => {
  const port = await getPort();
  // Where this one's temporary files go, and nobody else's.
  const env = { TMPDIR: directory };
  const options = ["--input-type=module", "--eval", startIn(port)];
  const stage = execa(process.execPath, options, { env, reject: false, buffer: false });
  let url = "";
  stage.stdout.on("data", (data) => {
    url += data;
  });
  await vi.waitFor(() => expect(url).not.toBe(""), { timeout: 30_000 });
  const scratch = (await readdir(directory)).find((name) => name.startsWith("warren-aws-")) ?? "none";

  stage.kill("SIGKILL");
  await stage;

  const health = () =>
    fetch(`${url}/_ministack/health`).then(
      () => "answers",
      () => "gone",
    );
  await vi.waitFor(async () => expect(await health()).toBe("gone"), { timeout: 10_000 });
  await vi.waitFor(() => expect(existsSync(join(directory, scratch))).toBe(false), { timeout: 10_000 });
});
