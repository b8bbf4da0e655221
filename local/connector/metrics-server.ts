// /ready, which the machine's watchdog asks, and the few metrics of cloudflared's that mean something here.
import { createServer, type Server } from "node:http";

export interface Readings {
  connectorId: string;
  readyConnections(): number;
  configVersion(): number;
  requests(): number;
}

/** Names and body as cloudflared's: metrics/readiness.go of 2026.8.2. */
export const createMetricsServer = (readings: Readings): Server => {
  return createServer((request, response) => {
    if (request.url === "/ready") {
      const readyConnections = readings.readyConnections();
      const status = readyConnections > 0 ? 200 : 503;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ status, readyConnections, connectorId: readings.connectorId }));
    } else if (request.url === "/metrics") {
      response.writeHead(200, { "content-type": "text/plain" }).end(metrics(readings));
    } else {
      response.writeHead(404).end();
    }
  });
};

const metrics = (readings: Readings): string =>
  [
    ["cloudflared_tunnel_ha_connections", "gauge", readings.readyConnections()],
    ["cloudflared_tunnel_total_requests", "counter", readings.requests()],
    ["cloudflared_orchestration_config_version", "gauge", readings.configVersion()],
  ]
    .map(([name, type, value]) => `# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join("");
