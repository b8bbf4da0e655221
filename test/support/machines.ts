// What can be done to a tenant's machine from outside, as bad luck does it.
import { hostname } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { machines } from "./stage.ts";

const { baseDomain } = loadConfig("local");

/** A tenant and the machine that serves it. */
export interface Member {
  slug: string;
  hostname: string;
  instanceId: string;
}

/** By its row. */
export const memberOf = ({ slug, resources: { instanceId = "" } }: Tenant): Member => ({
  slug,
  hostname: hostname(slug, baseDomain),
  instanceId,
});

export type UnitName = "warren-connector" | "warren-connector-watchdog" | "warren-front" | "warren-app";

const machineOf = async ({ instanceId }: Member) => {
  const machine = (await machines.machines()).find((found) => found.instanceId === instanceId);
  if (!machine) throw new Error(`no machine runs for ${instanceId}`);
  return machine;
};

export const signal = async (
  tenant: Member,
  unit: UnitName,
  name: "SIGKILL" | "SIGSTOP" | "SIGCONT",
): Promise<void> => {
  const { units } = await machineOf(tenant);
  const pid = units.find((found) => found.name === unit)?.pid;
  if (!pid) throw new Error(`${unit} does not run on ${tenant.instanceId}`);
  process.kill(pid, name);
};

/** For good: the watchdog, which would mend it, stands still too. */
export const hangConnector = async (tenant: Member): Promise<void> => {
  await signal(tenant, "warren-connector-watchdog", "SIGSTOP");
  await signal(tenant, "warren-connector", "SIGSTOP");
};

/** Every process of the machine stands still, its agent's included. */
export const freeze = async (tenant: Member): Promise<void> =>
  void process.kill(-(await machineOf(tenant)).pid, "SIGSTOP");
