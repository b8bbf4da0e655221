// What the edge asks of the connector: take a configuration, serve a request.
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { chooseService, compileIngress, type Rule, UNCONFIGURED } from "./ingress.ts";
import type { Log } from "./log.ts";
import { proxyToOrigin } from "./origin-request.ts";

export interface RequestHandlers {
  configuration(stream: ServerHttp2Stream): void;
  request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, webSocket: boolean): void;
  /** -1 before the first configuration. */
  version(): number;
  /** Requests since the start. */
  requests(): number;
}

/** @param origin replaces services on localhost */
export const requestHandlers = (origin: string | undefined, log: Log): RequestHandlers => {
  let rules: readonly Rule[] = UNCONFIGURED;
  let version = -1;
  let requests = 0;

  /** Undefined, or why the configuration cannot be applied. */
  const apply = (body: string): string | undefined => {
    try {
      const update = JSON.parse(body);
      if (update.version <= version) return undefined;
      rules = compileIngress(update.config ?? {}, origin);
      version = update.version;
      log("INF", `Updated to new configuration config=${JSON.stringify(update.config)} version=${version}`);
      return undefined;
    } catch (error) {
      log("ERR", `Failed to update ingress: ${(error as Error).message}`);
      return (error as Error).message;
    }
  };

  return {
    configuration: (stream) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const err = apply(Buffer.concat(chunks).toString()) ?? null;
        stream.respond({ ":status": 200 });
        stream.end(JSON.stringify({ lastAppliedVersion: version, err }));
      });
    },
    request: (stream, headers, webSocket) => {
      requests += 1;
      const path = (headers[":path"] ?? "/").split("?")[0] ?? "/";
      const service = chooseService(rules, headers[":authority"] ?? "", path);
      proxyToOrigin(stream, headers, service, webSocket, log);
    },
    version: () => version,
    requests: () => requests,
  };
};
