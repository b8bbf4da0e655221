// The remote configuration and the choice of its rule. Source: ingress/ingress.go of cloudflared 2026.8.2.

export interface Rule {
  /** Without it, every hostname. */
  hostname: string | undefined;
  path: RegExp | undefined;
  service: Service;
}

export type Service = { kind: "origin"; url: URL } | { kind: "status"; status: number };

/** What cloudflared does before any configuration came. */
export const UNCONFIGURED: readonly Rule[] = [
  { hostname: undefined, path: undefined, service: { kind: "status", status: 503 } },
];

interface RawRule {
  hostname?: string;
  path?: string;
  service: string;
}

/**
 * @param origin replaces services on localhost
 * @throws Error if a rule cannot be served; the configuration before stays in force
 */
export const compileIngress = (config: { ingress?: RawRule[] }, origin?: string): readonly Rule[] => {
  const rules = (config.ingress ?? []).map((rule) => compileRule(rule, origin));
  const last = rules.at(-1);
  if (!last) return UNCONFIGURED;
  if (last.hostname !== undefined || last.path !== undefined) {
    throw new Error(
      "The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)",
    );
  }
  return rules;
};

const compileRule = ({ hostname, path, service }: RawRule, origin?: string): Rule => {
  return {
    hostname: hostname && hostname !== "*" ? hostname : undefined,
    path: path ? new RegExp(path) : undefined,
    service: compileService(service, origin),
  };
};

const compileService = (service: string, origin?: string): Service => {
  const [, status] = /^http_status:(\d{3})$/.exec(service) ?? [];
  if (status !== undefined) return { kind: "status", status: Number(status) };
  const url = URL.canParse(service) ? new URL(service) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "ws:") {
    throw new Error(
      `the service "${service}" is not supported: this connector serves http:// and http_status:NNN`,
    );
  }
  const local = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  return { kind: "origin", url: local && origin !== undefined ? new URL(origin) : url };
};

/** The first rule that matches, the last one otherwise. */
export const chooseService = (rules: readonly Rule[], host: string, path: string): Service => {
  const hostname = host.replace(/:\d+$/, "");
  const rule = rules.find((candidate) => matches(candidate, hostname, path)) ?? rules.at(-1);
  return rule?.service ?? { kind: "status", status: 503 };
};

const matches = ({ hostname, path }: Rule, requested: string, requestedPath: string): boolean => {
  if (path && !path.test(requestedPath)) return false;
  if (hostname === undefined || hostname === requested) return true;
  return hostname.startsWith("*.") && requested.endsWith(hostname.slice(1));
};
