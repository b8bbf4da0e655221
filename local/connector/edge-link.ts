// One connection to the edge: on a TLS socket that the connector opened it is the HTTP/2 server.
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { connect, type TLSSocket } from "node:tls";
import { HEADER_LIMITS, UPGRADE, UPGRADE_TO } from "../cloudflare/transport/headers.ts";
import { RegistrationClient } from "./registration-client.ts";

/** The name in the edge's certificate; source: connection/protocol.go of cloudflared 2026.8.2. */
const EDGE_NAME = "h2.cftunnel.com";
const DIAL_TIMEOUT_MS = 15_000;
const WINDOW_BYTES = 1024 * 1024;

export interface LinkHandlers {
  control(client: RegistrationClient): void;
  configuration(stream: ServerHttp2Stream): void;
  request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, webSocket: boolean): void;
}

export class EdgeLink {
  /** Settles when the connection is gone, with the error that ended it, if one did. */
  readonly closed: Promise<Error | undefined>;
  readonly #socket: TLSSocket;
  #session: ServerHttp2Session | undefined;
  #error: Error | undefined;

  /** @param edge host:port */
  constructor(edge: string, authority: Buffer, handlers: LinkHandlers) {
    const colon = edge.lastIndexOf(":");
    const address = { host: edge.slice(0, colon), port: Number(edge.slice(colon + 1)) };
    const socket = connect({ ...address, ca: authority, servername: EDGE_NAME });
    this.#socket = socket;
    socket.setTimeout(DIAL_TIMEOUT_MS, () => socket.destroy(new Error(`${edge} does not answer`)));
    socket.on("error", this.#failed);
    socket.on("secureConnect", () => this.#serve(handlers));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#session?.destroy();
        resolve(this.#error);
      });
    });
  }

  /** Lets requests under way finish, then closes. */
  finish(): void {
    if (this.#session) this.#session.close();
    else this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The first error is the cause; what follows from it is not. */
  #failed = (error: Error): void => {
    this.#error ??= error;
  };

  #serve(handlers: LinkHandlers): void {
    this.#socket.setTimeout(0);
    const session = performServerHandshake(this.#socket, {
      maxSendHeaderBlockLength: HEADER_LIMITS.maxSendHeaderBlockLength,
      settings: { ...HEADER_LIMITS.settings, initialWindowSize: WINDOW_BYTES },
    });
    this.#session = session;
    session.setLocalWindowSize(WINDOW_BYTES * 8);
    session.on("error", this.#failed);
    session.on("close", () => this.#socket.destroy());
    session.on("stream", (stream, headers) => dispatch(stream, headers, handlers));
  }
}

const dispatch = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, handlers: LinkHandlers): void => {
  // A stream that the edge resets is no more than a visitor who left.
  stream.on("error", () => stream.destroy());
  const upgrade = headers[UPGRADE];
  if (upgrade === UPGRADE_TO.controlStream) {
    stream.respond({ ":status": 200 });
    handlers.control(new RegistrationClient(stream));
  } else if (upgrade === UPGRADE_TO.configuration) handlers.configuration(stream);
  else handlers.request(stream, headers, upgrade === UPGRADE_TO.webSocket);
};
