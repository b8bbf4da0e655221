// What a failed probe saw, for someone who does not know the edge's numbers. A tenant's own page is never quoted.
import type { ProbeCause } from "./probe.ts";

/** "Cloudflare Tunnel error": no connector is connected. */
const NO_CONNECTOR = "1033";

/** Source: Cloudflare's documentation of 5xx and 1xxx errors. */
const errorCode = (page: string): string | undefined =>
  /error code: (\d{4})/i.exec(page)?.[1] ?? (page.includes(NO_CONNECTOR) ? NO_CONNECTOR : undefined);

/** A connector that finds no rule answers with the rule's status alone (cloudflared: ingress, statusService). */
const isConnectorsOwn = (status: number, page: string): boolean =>
  (status === 404 || status === 503) && page === "";

/** What is wrong on the way to a machine whose front did not answer. */
export const routeTrouble = (status: number, page: string): { cause: ProbeCause; words: string } => {
  if (status === 530) return tunnelTrouble(errorCode(page));
  if (isConnectorsOwn(status, page))
    return {
      cause: "ingress",
      words: `${status}, from the connector: no rule of its tunnel leads to the machine`,
    };
  if (status >= 500)
    return {
      cause: "edge",
      words: `${status}, not from the machine: its front does not answer, or the edge fails`,
    };
  return { cause: "stranger", words: `${status}, not from the machine: something else answers in its place` };
};

/** A 530 that says no more is about the connector. */
const tunnelTrouble = (code: string | undefined): { cause: ProbeCause; words: string } =>
  (code ?? NO_CONNECTOR) === NO_CONNECTOR
    ? {
        cause: "connector",
        words: `530 with error ${code ?? "unknown"}, no connector of its tunnel is connected`,
      }
    : { cause: "record", words: `530 with error ${code}, its DNS record leads to no tunnel` };

export const originInWords = (status: number): string => {
  if (status === 502 || status === 503) return `${status}, the application refuses`;
  if (status === 504) return "504, the application takes too long";
  return `the application answers ${status}`;
};

const messageOfCode: Record<string, string> = {
  ENOTFOUND: "its name does not resolve",
  ENODATA: "its name has no address",
  EAI_AGAIN: "no name server answered",
  ECONNREFUSED: "the edge refuses connections",
  ECONNRESET: "the edge cut the connection",
  ETIMEDOUT: "the edge does not answer",
};

/** The zone's own word: there is no record, or one that leads to no address, such as one that is not proxied. */
export const isAbsentName = (error: Error): boolean =>
  ["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "");

export const isTimeout = ({ name }: { name?: string | undefined }): boolean =>
  name === "TimeoutError" || name === "AbortError";

/** @param timeout of the request, in milliseconds */
export const errorInWords = (
  error: unknown,
  timeout: number,
  { connected }: { connected: boolean },
): string => {
  const { name, code } = error as { name?: string; code?: string };
  if (isTimeout({ name })) {
    return `no ${connected ? "answer" : "connection to the edge"} within ${timeout / 1000} s`;
  }
  const words = messageOfCode[code ?? ""] ?? "the connection failed";
  return `${words} (${code ?? name})`;
};
