// Ports for a machine's programs, chosen outside the range from which systems take ports of outgoing connections.
import { randomInt } from "node:crypto";
import getPort from "get-port";

const lowest = 20_000;
const ephemeralFrom = 32_000;

/** A free port; not given again for a while, so that two machines booting at once do not get the same. */
export const freePort = (): Promise<number> =>
  getPort({ host: "127.0.0.1", port: Array.from({ length: 50 }, () => randomInt(lowest, ephemeralFrom)) });
