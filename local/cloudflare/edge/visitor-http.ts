// One visitor's HTTP request through a connector: streams both ways, and an end on either side is an end.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import type { PlacedAnswer } from "../state/placed-answer.ts";
import { ANSWERED_BY, RESPONSE_META } from "../transport/headers.ts";
import { cutOff, pipeWhole } from "../transport/streams.ts";
import type { EdgeConnection } from "./edge-connection.ts";
import { badGateway, type EdgeError, errorBody } from "./error-answers.ts";
import { newRay, originHeaders, requestHeaders, responseHeaders } from "./visitor-headers.ts";

const ORIGIN_UNREACHABLE = badGateway(
  "The connector is up, but nothing answers at the service of its ingress rule (its log has the error).",
);
const CONNECTOR_LOST = badGateway("The connector went away before it answered.");
const BROKEN_OFF = badGateway("The connector is up; the request broke off before its origin had answered.");
const UNSENDABLE = badGateway("The request could not be handed to the connector.");

/** An answer that has begun can only be cut off; one that is complete stands. */
export const answerWithError = (response: ServerResponse, error: EdgeError): void => {
  if (response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = { server: "cloudflare", "cf-ray": newRay(), "content-type": "text/plain; charset=utf-8" };
  response.writeHead(error.status, headers).end(errorBody(error));
};

/** As a cache or a Worker's route would: nothing of it comes from the tunnel. */
export const answerInPlace = (response: ServerResponse, { status, headers, body }: PlacedAnswer): void => {
  response.writeHead(status, { server: "cloudflare", "cf-ray": newRay(), ...headers }).end(body);
};

export const proxyRequest = (
  connection: EdgeConnection,
  visitor: IncomingMessage,
  response: ServerResponse,
): void => {
  const ray = newRay();
  const stream = connection.request(requestHeaders(visitor, ray), hasBody(visitor));
  if (!stream) {
    answerWithError(response, UNSENDABLE);
    return;
  }
  visitor.on("error", () => cutOff(stream, "the visitor broke off"));
  response.on("error", () => cutOff(stream, "the visitor broke off"));
  if (hasBody(visitor)) visitor.pipe(stream);
  stream.on("response", (headers) => answer(stream, headers, response, ray));
  const lost = () => answerWithError(response, connection.isOpen ? BROKEN_OFF : CONNECTOR_LOST);
  stream.on("error", lost);
  stream.on("close", () => {
    lost();
    // What the origin did not read of the body would else block the visitor's connection.
    visitor.resume();
  });
  response.on("close", () => cutOff(stream, "the visitor left"));
};

/** RFC 9112 6.3: a request without either has no body, and an origin must not be made to wait for one. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;

const answer = (
  stream: ClientHttp2Stream,
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  response: ServerResponse,
  ray: string,
): void => {
  const status = headers[":status"] ?? 502;
  if (headers[RESPONSE_META] === ANSWERED_BY.connector && status === 502) {
    stream.resume();
    answerWithError(response, ORIGIN_UNREACHABLE);
    return;
  }
  response.writeHead(status, responseHeaders(originHeaders(headers), ray));
  // flushHeaders would write them as UTF-8: above 7F, one byte would become two.
  response.write("", "latin1");
  pipeWhole(stream, response);
};
