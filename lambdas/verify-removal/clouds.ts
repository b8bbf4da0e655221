// The real clouds, as verify-removal reads them.
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { parameters } from "../../core/aws/parameters.ts";
import { snapshots } from "../../core/aws/snapshots.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import type { Clouds } from "./remaining.ts";
import type { task } from "./task.ts";

export const clouds = (env: z.output<typeof task.environment>, metrics: Metrics): Clouds => {
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
