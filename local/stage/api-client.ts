// The company's app, as the local stage plays it: HTTP requests signed as IAM wants them.
import { AwsClient } from "aws4fetch";
import type { AdminAccess } from "./admin-access.ts";

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what its reader asserts
  body: any;
}

/** `path` follows the API's URL as it is. A string body is sent as it is, anything else as JSON. */
export type ApiClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ApiAnswer>;

export const apiClient = (apiUrl: string, { credentials, region }: AdminAccess): ApiClient => {
  const signer = new AwsClient({ ...credentials, service: "execute-api", region, retries: 0 });
  return async (method, path, body, headers = {}) => {
    const request: RequestInit = { method, headers: { "content-type": "application/json", ...headers } };
    if (body !== undefined) request.body = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await signer.fetch(`${apiUrl}${path}`, request);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
};
