// The real clouds, as verify-gone reads them.
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type * as z from "zod";
import { cloudflareAccess } from "../common/cloudflare.ts";
import { dnsRecords } from "../common/dns-records.ts";
import { instances } from "../common/instances.ts";
import { parameters } from "../common/parameters.ts";
import { snapshots } from "../common/snapshots.ts";
import { tunnels } from "../common/tunnels.ts";
import { volumes } from "../common/volumes.ts";
import type { environment } from "./environment.ts";
import type { Clouds } from "./remaining.ts";

export const clouds = (env: z.output<typeof environment>, metrics: Metrics): Clouds => {
  const access = cloudflareAccess(env, metrics);
  return {
    dns: dnsRecords(access, env.CLOUDFLARE_ZONE_ID),
    tunnels: tunnels(access, env.CLOUDFLARE_ACCOUNT_ID),
    instances: instances(),
    volumes: volumes(),
    snapshots: snapshots(),
    parameters: parameters(),
  };
};
