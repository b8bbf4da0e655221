// Machines where network namespaces cannot be made: processes that share this computer's loopback, on ports of their own.
import type { Isolation, Place, Servers } from "./isolation.ts";
import { freePort } from "./ports.ts";

const sharedLoopback = async (servers: Servers): Promise<Place> => {
  return {
    ...servers,
    enter: (command) => command,
    metadata: { host: "127.0.0.1", port: await freePort() },
    ports: {
      app: await freePort(),
      front: await freePort(),
      metrics: await freePort(),
      systemctl: await freePort(),
    },
    changeGroups: async () => undefined,
    leave: async () => undefined,
  };
};

export const processIsolation = (servers: Servers, reason: string): Isolation => ({
  mode: "process",
  reason,
  place: () => sharedLoopback(servers),
  close: async () => undefined,
});
