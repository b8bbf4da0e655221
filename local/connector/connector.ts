// A small connector for machines without cloudflared: same transport, same command line, built-in modules only.
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { type ConnectorArguments, parseArguments, UsageError } from "./arguments.ts";
import { log } from "./log.ts";
import { createMetricsServer } from "./metrics-server.ts";
import { requestHandlers } from "./request-handlers.ts";
import { Supervisor } from "./supervisor.ts";
import { readToken } from "./token.ts";

const readAuthority = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read the edge's authority (--cacert): ${(error as Error).message}`);
  }
};

const run = (options: ConnectorArguments): void => {
  const handlers = requestHandlers(options.origin, log);
  const { edges, connections } = options;
  const token = readToken(options.tokenFile);
  const authority = readAuthority(options.caFile);
  const supervisor = new Supervisor({ edges, connections, token, authority, handlers, log });
  serveMetrics(options.metrics, supervisor, handlers);
  supervisor.start();
  log("INF", `Starting tunnel tunnelID=${token.tunnelId} connectorID=${supervisor.clientId}`);
  stopOnSignals(supervisor, options.gracePeriodMs);
};

const serveMetrics = (
  address: string,
  supervisor: Supervisor,
  handlers: ReturnType<typeof requestHandlers>,
): void => {
  const metrics = createMetricsServer({
    connectorId: supervisor.clientId,
    readyConnections: supervisor.readyConnections,
    configVersion: handlers.version,
    requests: handlers.requests,
  });
  metrics.on("error", (error) =>
    fail(`Error opening metrics server listener (--metrics ${address}): ${error.message}`),
  );
  const [host, port] = address.split(":");
  metrics.listen(Number(port), host, () => {
    const bound = metrics.address() as AddressInfo;
    log("INF", `Starting metrics server on ${bound.address}:${bound.port}/metrics`);
  });
};

const stopOnSignals = (supervisor: Supervisor, gracePeriodMs: number): void => {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log("INF", `Initiating graceful shutdown due to signal ${signal} ...`);
    process.once("SIGTERM", () => process.exit(1)).once("SIGINT", () => process.exit(1));
    await supervisor.stop(gracePeriodMs);
    process.exit(0);
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
};

const fail = (message: string): never => {
  log("ERR", message);
  process.exit(1);
};

try {
  run(parseArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  fail(error.message);
}
