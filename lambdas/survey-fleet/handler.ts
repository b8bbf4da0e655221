import { parameters } from "../../core/aws/parameters.ts";
import { systemClock } from "../../core/clock.ts";
import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { edge } from "../../core/edge/edge.ts";
import { zoneLookup } from "../../core/edge/zone-lookup.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { fleetInstances } from "./fleet-instances.ts";
import { fleetRows } from "./fleet-rows.ts";
import { fleetTunnels } from "./fleet-tunnels.ts";
import { surveyFleet } from "./survey-fleet.ts";
import { task } from "./task.ts";
import { tenantSecrets } from "./tenant-secrets.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics, logger) => ({
    env,
    logger,
    clock: systemClock,
    rows: fleetRows(env.TENANTS_TABLE),
    tunnels: fleetTunnels(env.STAGE, env.CLOUDFLARE_ACCOUNT_ID, cloudflareAccess(env, metrics)),
    instances: fleetInstances(env.STAGE, {
      profileArn: env.INSTANCE_PROFILE_ARN,
      securityGroupId: env.SECURITY_GROUP_ID,
    }),
    secrets: tenantSecrets(env.STAGE, env.INSTANCE_ROLE_ID, parameters()),
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
  }),
  run: surveyFleet,
});
