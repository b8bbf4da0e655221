// The tunnel listener's certificate: signed by an authority made at each start, so that no key is ever kept
// and a connector verifies the edge exactly as it does Cloudflare's (`--cacert`).
import { generate } from "selfsigned";

/** The name that connectors ask for; source: connection/protocol.go of cloudflared 2026.8.2. */
export const TUNNEL_SERVER_NAME = "h2.cftunnel.com";

export interface EdgeCertificates {
  /** PEM, as are the others. */
  authority: string;
  certificate: string;
  key: string;
}

const elliptic = { keyType: "ec", algorithm: "sha256" } as const;

export const makeCertificates = async (): Promise<EdgeCertificates> => {
  const authority = await generate([{ name: "commonName", value: "Warren local edge CA" }], {
    ...elliptic,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: TUNNEL_SERVER_NAME }], {
    ...elliptic,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: TUNNEL_SERVER_NAME }] },
    ],
  });
  return { authority: authority.cert, certificate: server.cert, key: server.private };
};
