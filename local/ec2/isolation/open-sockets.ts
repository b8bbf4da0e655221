// Runs for a moment inside the stage's router namespace: opens its listening sockets and hands them to the stage, which
// serves them from where it is. A socket stays in the namespace it was opened in, so nothing of it listens elsewhere.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Address } from "./isolation.ts";

/** Per address, the message that the stage gets with its socket. */
export interface Opened {
  address: Address;
}

const handOver = async (address: Address): Promise<void> => {
  const server = createServer().listen(address.port, address.host);
  await once(server, "listening");
  const message: Opened = { address };
  await new Promise((resolve) => process.send?.(message, server, {}, resolve));
};

// Machines reach each other as far as their groups' rules allow, as in a VPC.
writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
for (const address of JSON.parse(process.argv[2] ?? "[]") as Address[]) await handOver(address);
process.exit(0);
