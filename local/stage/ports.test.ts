import { createServer, type Server } from "node:net";
import getPort from "get-port";
import { afterEach, expect, test } from "vitest";
import { portBlock } from "./ports.ts";

let server: Server | undefined;
afterEach(() => server?.close());

const occupied = async (): Promise<number> => {
  const port = await getPort({ host: "127.0.0.1" });
  const listening = createServer();
  server = listening;
  await new Promise<void>((resolve) => listening.listen(port, "127.0.0.1", resolve));
  return port;
};

test("a taken port is named with what would have listened there, and how to choose others", async () => {
  const taken = await occupied();

  await expect(portBlock(taken)).rejects.toThrow(`${taken} (local AWS)`);
  await expect(portBlock(taken)).rejects.toThrow("--first-port");
});

test("the port of a service that the user runs is left alone", async () => {
  const taken = await occupied();

  const found = await portBlock(taken, ["aws"]).catch(String);

  expect(JSON.stringify(found)).not.toContain("local AWS");
});
