// A local AWS for tests, and what SDK clients need to reach it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { adminCredentials, startMinistack } from "../../local/aws/ministack.ts";

export const region = "eu-central-1";

export const startTestMinistack = async () => {
  const directory = await mkdtemp(join(tmpdir(), "warren-ministack-"));
  const port = await getPort();
  const { url, stop } = await startMinistack({ port, region, logFile: join(directory, "log") });
  return {
    url,
    client: { endpoint: url, region, credentials: adminCredentials },
    stop: async () => {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
};
export type TestMinistack = Awaited<ReturnType<typeof startTestMinistack>>;
