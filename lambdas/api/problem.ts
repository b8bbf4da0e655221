// Every refusal of the API, as RFC 9457 problem details: what was found, what is allowed, what to do.
import { operationsByPath } from "./operations.ts";
import type { ApiResponse } from "./route.ts";

export interface Complaint {
  /** JSON pointer into the body, or the name of a header or query parameter */
  path: string;
  /** absent when there was nothing */
  found?: unknown;
  allowed: string;
}

interface ProblemDetails {
  status: number;
  /** the last part of the problem's type */
  type: string;
  title: string;
  detail: string;
  errors?: Complaint[];
  headers?: Record<string, string>;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail);
    this.details = details;
  }
}

/** @param requestId of the HTTP API, by which the logs find the request again */
export const problemResponse = (
  { details: { type, headers = {}, ...members } }: Problem,
  requestId: string,
): ApiResponse => ({
  statusCode: members.status,
  headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  body: JSON.stringify({
    type: `urn:warren:problem:${type}`,
    ...members,
    instance: `urn:warren:request:${requestId}`,
  }),
});

const SHOWN = 100;

/** A value as an answer may repeat it: short, and absent where it was. */
export const shown = (value: unknown): { found?: unknown } => {
  if (value === undefined) return {};
  const text = JSON.stringify(value);
  return { found: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : value };
};

export const invalid = (detail: string, errors: Complaint[]): Problem =>
  new Problem({ status: 422, type: "invalid-request", title: "The request is not valid", detail, errors });

export const badRequest = (detail: string, errors: Complaint[]): Problem =>
  new Problem({ status: 400, type: "bad-request", title: "The request cannot be read", detail, errors });

export const notFound = (slug: string): Problem =>
  new Problem({
    status: 404,
    type: "tenant-not-found",
    title: "There is no such tenant",
    detail: `There is no tenant ${slug}. GET /tenants lists those that exist.`,
  });

export const noSuchRoute = (): Problem =>
  new Problem({
    status: 404,
    type: "no-such-route",
    title: "There is no such route",
    detail: `The routes are ${[...operationsByPath.keys()].join(", ")}.`,
  });

export const methodNotAllowed = (method: string, allow: string): Problem =>
  new Problem({
    status: 405,
    type: "method-not-allowed",
    title: "The method is not allowed here",
    detail: `This path takes ${allow}, not ${method}.`,
    headers: { allow },
  });
