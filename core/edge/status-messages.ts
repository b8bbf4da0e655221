// What a failed probe saw, for someone who does not know the edge's numbers. A tenant's own page is never quoted.

/** "Cloudflare Tunnel error": no connector is connected. */
const NO_CONNECTOR = "1033";

/** Source: Cloudflare's documentation of 5xx and 1xxx errors. */
const errorCode = (page: string): string | undefined =>
  /error code: (\d{4})/i.exec(page)?.[1] ?? (page.includes(NO_CONNECTOR) ? NO_CONNECTOR : undefined);

/**
 * What a machine's repair could mend; undefined when the status tells nothing of the kind. A 530 with another code than
 * 1033 is about the record or the zone, and a 4xx may be the application's own word.
 */
export const causeOfStatus = (status: number, page: string): "connector" | "origin" | undefined => {
  if (status === 530) return (errorCode(page) ?? NO_CONNECTOR) === NO_CONNECTOR ? "connector" : undefined;
  return status >= 500 ? "origin" : undefined;
};

export const statusInWords = (status: number, page: string): string => {
  const code = errorCode(page);
  if (status === 530 && code === NO_CONNECTOR)
    return "530 with error 1033, no connector of its tunnel is connected";
  if (status === 530) return `530 with error ${code ?? "unknown"}, the edge finds no way to the tunnel`;
  if (status === 502) return "502, the connector is there, but the application behind it refuses";
  if (status === 504 || status === 524)
    return `${status}, the application behind the connector takes too long`;
  if (status === 404) return "404, from the application, or from the tunnel's catch-all rule";
  return `the status is ${status}`;
};

const messageOfCode: Record<string, string> = {
  ENOTFOUND: "its name does not resolve yet",
  ENODATA: "its name has no address yet",
  EAI_AGAIN: "no name server answered",
  ECONNREFUSED: "the edge refuses connections",
  ECONNRESET: "the edge cut the connection",
  ETIMEDOUT: "the edge does not answer",
};

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
