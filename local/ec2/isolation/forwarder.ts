// Connections that arrive inside the router's namespace, carried on to a server on this computer's loopback.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Address } from "./isolation.ts";
import type { Netns } from "./netns.ts";
import type { Opened } from "./open-sockets.ts";

const openSocketsProgram = fileURLToPath(new URL("open-sockets.ts", import.meta.url));

export interface Route {
  /** inside the namespace */
  from: Address;
  /** on this computer's loopback */
  to: Address;
}

export class Forwarder {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** @throws Error if a listening socket cannot be opened inside the namespace */
  async open(netns: Netns, namespace: string, routes: Route[]): Promise<void> {
    const addresses = JSON.stringify(routes.map(({ from }) => from));
    const [program = "", ...parameters] = netns.enter(namespace, [
      process.execPath,
      openSocketsProgram,
      addresses,
    ]);
    const child = spawn(program, parameters, { env: {}, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    child.on("message", ({ address }: Opened, server) => {
      const route = routes.find(({ from }) => from.host === address.host && from.port === address.port);
      if (route) this.#serve(server as Server, route.to);
    });
    await whenDone(child);
    if (this.#servers.length !== routes.length)
      throw new Error(`The router handed over ${this.#servers.length} listening sockets of ${routes.length}`);
  }

  close(): void {
    for (const server of this.#servers.splice(0)) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(server: Server, to: Address): void {
    this.#servers.push(server);
    server.on("connection", (incoming) => {
      this.#sockets.add(incoming);
      incoming.once("close", () => this.#sockets.delete(incoming));
      join(incoming, connect(to));
    });
  }
}

/** Either end's failure ends both: what the other end sees is a connection that broke off. */
const join = (incoming: Socket, outgoing: Socket): void => {
  const end = () => {
    incoming.destroy();
    outgoing.destroy();
  };
  incoming.setNoDelay(true);
  outgoing.setNoDelay(true);
  pipeline(incoming, outgoing, (error) => error && end());
  pipeline(outgoing, incoming, (error) => error && end());
};

const whenDone = async (child: ChildProcess): Promise<void> => {
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`No listening socket in the router's namespace: ${complaint.trim()}`);
};
