// One reading of Cloudflare's failures for every call. Messages are built from codes and Cloudflare's own words only,
// and no answer's body goes on as a cause: a body can hold a tunnel's token.
import { APIConnectionError, APIError } from "cloudflare/error";
import {
  CloudflarePermissionError,
  CloudflareRejectedError,
  CloudflareThrottledError,
  CloudflareUnavailableError,
} from "../errors.ts";

interface Complaint {
  code?: number;
  message?: string;
}

/** "Authentication error": the token lacks the permission or the scope, or is not valid (any more). */
const AUTHENTICATION = 10_000;
/** The body's code of a 429: the account is blocked for five minutes. */
const RATE_LIMITED = 971;

/** Whether the token may be the reason: an invalid one and one without permission answer much the same. */
export const isAuthenticationFailure = (error: unknown): boolean =>
  error instanceof APIError &&
  (error.status === 401 || error.status === 403 || codesOf(error).includes(AUTHENTICATION));

/** @param what the call in words, such as "create the tunnel warren-…" */
export const namedCloudflareError = (what: string, error: unknown): Error => {
  if (!(error instanceof APIError) || error.status === undefined) {
    const cause = error instanceof APIConnectionError ? error.cause : undefined;
    return new CloudflareUnavailableError(`Cloudflare gave no usable answer to: ${what}.`, { cause });
  }
  const { status } = error;
  const codes = codesOf(error);
  const reason = `Cloudflare answered ${status} to: ${what} (${wordsOf(error)}).`;
  if (status === 429 || codes.includes(RATE_LIMITED)) return new CloudflareThrottledError(reason);
  // A firewall's page is nothing that the API says of a token.
  const isPage = status === 403 && codes.length === 0;
  if (status === 408 || status >= 500 || isPage) return new CloudflareUnavailableError(reason);
  if (isAuthenticationFailure(error)) return new CloudflarePermissionError(reason);
  return new CloudflareRejectedError(reason, { status, codes });
};

/** The body's `errors`, which is anything at all when a proxy on the way answered. */
const complaintsOf = (error: APIError): Complaint[] => (Array.isArray(error.errors) ? error.errors : []);

const codesOf = (error: APIError): number[] => complaintsOf(error).flatMap(({ code }) => code ?? []);

const wordsOf = (error: APIError): string =>
  complaintsOf(error)
    .map(({ code, message }) => `${code}: ${message}`)
    .join("; ") || "no error code";
