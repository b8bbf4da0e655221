// The answers that the edge gives by itself, with Cloudflare's numbers and, unlike Cloudflare's one line, a
// sentence that says what to do.

export interface EdgeError {
  status: number;
  /** Cloudflare's "error code: NNNN". */
  code: number;
  explanation: string;
}

export const unknownHost = (hostname: string, zone: string): EdgeError => ({
  status: 409,
  code: 1001,
  explanation: `The local edge serves the zone ${zone} only, and "${hostname}" is not in it.`,
});

export const noRecord = (hostname: string): EdgeError => ({
  status: 530,
  code: 1016,
  explanation: `The zone has no DNS record for ${hostname}: none was created yet, or it was deleted.`,
});

export const notATunnel = (hostname: string, type: string, content: string): EdgeError => ({
  status: 530,
  code: 1016,
  explanation:
    `${hostname} is a ${type} record with the content ${content}. ` +
    "The local edge follows proxied CNAME records to <tunnel id>.cfargotunnel.com only.",
});

export const noConnector = (hostname: string, tunnelId: string): EdgeError => ({
  status: 530,
  code: 1033,
  explanation: `${hostname} leads to the tunnel ${tunnelId}, which has no connector: it is not running or cannot register.`,
});

export const badGateway = (explanation: string): EdgeError => ({ status: 502, code: 502, explanation });

export const errorBody = ({ code, explanation }: EdgeError): string =>
  `error code: ${code}\n${explanation}\n`;
