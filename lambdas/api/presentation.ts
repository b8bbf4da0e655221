// Tenants as whoever asks may see them: how long they wait, and what went wrong in words that tell no names of ours.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { isOperator } from "./caller.ts";
import type { Place, Places } from "./places.ts";
import { type TenantView, tenantView } from "./tenant-view.ts";
import { withoutNames } from "./without-names.ts";

export interface PresentationDeps {
  env: { BASE_DOMAIN: string };
  places: Places;
}

export interface Present {
  one(event: APIGatewayProxyEventV2, row: Tenant): Promise<TenantView>;
  all(event: APIGatewayProxyEventV2, rows: Tenant[]): Promise<TenantView[]>;
}

export const presentation = ({ env, places }: PresentationDeps): Present => {
  const show = (event: APIGatewayProxyEventV2, row: Tenant, place?: Place): TenantView => {
    const view = tenantView(row, env.BASE_DOMAIN, place);
    return isOperator(event) ? view : forCustomers(view);
  };
  return {
    one: async (event, row) => show(event, row, (await places([row])).get(row.slug)),
    all: async (event, rows) => {
      const placeOf = await places(rows);
      return rows.map((row) => show(event, row, placeOf.get(row.slug)));
    },
  };
};

/** What a machine said last may hold anything. */
const forCustomers = ({ failure, health, repair, progress, ...view }: TenantView): TenantView => {
  const { lastWords: _, ...failed } = failure ?? {};
  return {
    ...view,
    ...(progress && { progress: worded(progress, "waitingFor") }),
    ...(failure && { failure: worded(failed as typeof failure, "reason") }),
    ...(health && { health: worded(health, "reason") }),
    ...(repair && { repair: worded(repair, "reason") }),
  };
};

const worded = <Name extends string, Part extends { [key in Name]?: string | undefined }>(
  part: Part,
  name: Name,
): Part => (part[name] === undefined ? part : { ...part, [name]: withoutNames(part[name]) });
