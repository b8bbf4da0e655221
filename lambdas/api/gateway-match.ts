// The gateway has matched and authorised a route. Powertools' router would match the path once more, and differently: the
// gateway hands it over decoded (`acme%3Fx` as `acme?x`) and below a custom domain's mapping.
import { isHttpMethod } from "@aws-lambda-powertools/event-handler/http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { operations } from "./operations.ts";
import { methodNotAllowed, notFound } from "./problem.ts";

const methods = [...new Set(Object.values(operations).map(({ method }) => method))].join(", ");

/** The event with the path that the gateway has matched, such that the router's reading of it is the gateway's. */
export const asMatched = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => {
  const { method } = event.requestContext.http;
  if (!isHttpMethod(method)) throw methodNotAllowed(method, methods);
  // The path holds the parameters now; the local AWS tells none as null, which the router takes for no HTTP API's event.
  const { body, pathParameters: _, ...request } = { ...event, rawPath: matchedPath(event) };
  // The web's Request, which the router makes of it, throws at a body of these.
  if (body === undefined || method === "GET" || method === "HEAD") return request;
  return { ...request, body };
};

const matchedPath = ({ routeKey, rawPath, pathParameters }: APIGatewayProxyEventV2): string => {
  const template = routeKey.split(" ")[1];
  if (template === undefined) return rawPath;
  return template.replace(/\{(\w+)\}/g, (_, name) => segment(pathParameters?.[name] ?? ""));
};

/** A URL drops these, escaped or not, and the path would be another route's. */
const dropped = ["", ".", ".."];

const segment = (slug: string): string => {
  if (dropped.includes(slug)) throw notFound(slug);
  return encodeURIComponent(slug);
};
