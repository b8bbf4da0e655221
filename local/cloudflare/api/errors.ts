// Cloudflare's errors: HTTP status, code and message. Those marked "assumed" could not be checked against the
// live API; callers must not build on their numbers (docs/local-edge.md lists them).

/** `status` is the HTTP status; `code` is Cloudflare's own. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: number;
  readonly headers: Record<string, string>;

  constructor(status: number, code: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const fails =
  (status: number, code: number, message: string): (() => ApiError) =>
  () =>
    new ApiError(status, code, message);

/** assumed */
export const noCredentials = fails(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
export const badAuthorization = fails(400, 6003, "Invalid request headers");
/** assumed */
export const invalidToken = fails(401, 1000, "Invalid API Token");
/** assumed */
export const unknownToken = fails(403, 9109, "Invalid access token");
export const authenticationError = fails(403, 10000, "Authentication error");
/** assumed status */
export const malformedJson = fails(400, 6007, "Malformed JSON in request body");
export const noRoute = fails(404, 7000, "No route for that URI");
/** assumed status */
export const couldNotRoute = (path: string): ApiError =>
  new ApiError(400, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
export const rateLimited = (budget: number, windowSeconds: number, retryAfterSeconds: number): ApiError =>
  new ApiError(
    429,
    971,
    `More than ${budget} requests per ${windowSeconds} seconds reached. Please wait and consider throttling your request speed`,
    { "retry-after": String(retryAfterSeconds) },
  );

/** assumed code */
export const invalidTunnelRequest = (message: string): ApiError => new ApiError(400, 1001, message);
/** assumed code */
export const tunnelNotFound = fails(404, 1003, "Tunnel not found");
export const tunnelNameTaken = fails(
  409,
  1013,
  "You already have a tunnel with this name. Delete the existing tunnel, or choose a different name for your new tunnel",
);
/** assumed status */
export const tunnelHasConnections = fails(
  400,
  1022,
  "Cannot delete tunnel because it has active connections",
);
/** assumed code */
export const badConfiguration = (message: string): ApiError =>
  new ApiError(400, 1056, `Bad Configuration: Validation failed: ${message}`);

/** assumed code */
export const invalidZone = fails(404, 1001, "Invalid zone identifier");
export const recordNotFound = fails(404, 81044, "Record does not exist.");
export const recordQuotaExceeded = fails(400, 81045, "Record quota exceeded.");
export const hostTaken = fails(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
export const cnameOnHost = fails(400, 81054, "A CNAME record with that host already exists.");
/** assumed to differ from the next in that ttl or proxied differ */
export const recordExists = fails(400, 81057, "The record already exists.");
export const identicalRecord = fails(400, 81058, "An identical record already exists.");
/** assumed codes */
export const invalidRecord = (message: string, code = 1004): ApiError =>
  new ApiError(400, code, `DNS Validation Error: ${message}`);
