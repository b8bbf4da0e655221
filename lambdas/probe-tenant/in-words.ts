// What a failed probe saw, for someone who does not know the edge's numbers. A tenant's own page is never quoted.

/** Source: Cloudflare's documentation of 5xx and 1xxx errors. */
export const statusInWords = (status: number, page: string): string => {
  const code = /error code: (\d{4})/i.exec(page)?.[1] ?? (page.includes("1033") ? "1033" : undefined);
  if (status === 530 && code === "1033")
    return "530 with error 1033, no connector of its tunnel is connected";
  if (status === 530) return `530 with error ${code ?? "unknown"}, the edge finds no way to the tunnel`;
  if (status === 502) return "502, the connector is there, but the application behind it refuses";
  if (status === 504 || status === 524)
    return `${status}, the application behind the connector takes too long`;
  if (status === 404) return "404, from the application, or from the tunnel's catch-all rule";
  return `the status is ${status}`;
};

const inWords: Record<string, string> = {
  ENOTFOUND: "its name does not resolve yet",
  ENODATA: "its name has no address yet",
  EAI_AGAIN: "no name server answered",
  ECONNREFUSED: "the edge refuses connections",
  ECONNRESET: "the edge cut the connection",
  ETIMEDOUT: "the edge does not answer",
};

/** @param timeout of the request, in milliseconds */
export const errorInWords = (error: unknown, timeout: number): string => {
  const { name, code } = error as { name?: string; code?: string };
  if (name === "TimeoutError" || name === "AbortError") return `no answer within ${timeout / 1000} s`;
  const words = inWords[code ?? ""] ?? "the connection failed";
  return `${words} (${code ?? name})`;
};
