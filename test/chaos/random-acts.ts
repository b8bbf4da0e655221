// What may befall one tenant: changes by hand, broken machines, clouds that fail or lag for it alone.
import { StopInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { FaultOrder } from "../../local/cloudflare/api/faults.ts";
import type { FaultInput } from "../../local/ec2/faults/faults.ts";
import type { Showing } from "../../local/ec2/faults/showings.ts";
import * as drift from "../support/drift.ts";
import { freeze, memberOf, signal } from "../support/machines.ts";
import { aws, cloudflare, ec2, machines } from "../support/stage.ts";

type Act = (row: Tenant) => Promise<unknown>;

/** Not the database's password: no repair can know it, so that its loss is for a person. */
const byHand: Record<string, Act> = {
  "record deleted": drift.deletedRecord,
  "record moved": drift.movedRecord,
  "record not proxied": drift.unproxiedRecord,
  "rules lost": drift.lostRules,
  "rules replaced": drift.replacedRules,
  "tunnel renamed": drift.renamedTunnel,
  "tunnel deleted": drift.deletedTunnel,
  "secret changed": drift.changedSecret,
  "tags lost": drift.lostTags,
  "group changed": drift.foreignGroup,
  "profile taken": drift.takenProfile,
  "volume detached": drift.detachedVolume,
  "admin token deleted": drift.deletedAdminToken,
  "reader changed": drift.foreignReader,
};

const instance = ({ resources: { instanceId = "" } }: Tenant): string => instanceId;

const broken: Record<string, Act> = {
  "connector killed": (row) => signal(memberOf(row), "warren-connector", "SIGKILL"),
  "connector hung": (row) => signal(memberOf(row), "warren-connector", "SIGSTOP"),
  "application killed": (row) => signal(memberOf(row), "warren-app", "SIGKILL"),
  "application hung": (row) => signal(memberOf(row), "warren-app", "SIGSTOP"),
  "machine frozen": (row) => freeze(memberOf(row)),
  "instance stopped": (row) => ec2.send(new StopInstancesCommand({ InstanceIds: [instance(row)] })),
  "instance terminated": (row) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance(row)] })),
  "check impaired": (row) => machines.impair({ instanceId: instance(row), check: "instance" }),
};

const ec2Fails =
  (action: string, when: FaultInput["when"], of: (row: Tenant) => string): Act =>
  (row) =>
    machines.addFault({ action, code: "InternalError", when, times: 4, about: of(row) });
const slug = (row: Tenant) => row.slug;
const volume = ({ resources: { volumeId = "none" } }: Tenant) => volumeId;

const cloudflareFails =
  (endpoint: string, effect: FaultOrder["effect"], of: (row: Tenant) => string): Act =>
  (row) =>
    cloudflare.addFault({ endpoint, effect, times: 3, about: of(row) });
const tunnel = ({ resources: { tunnelId = "none" } }: Tenant) => tunnelId;
const record = ({ resources: { dnsRecordId = "none" } }: Tenant) => dnsRecordId;
const rules = "PUT /accounts/{account_id}/cfd_tunnel/{tunnel_id}/configurations";

const shown =
  (as: Showing["as"]): Act =>
  (row) =>
    machines.show({ instanceId: instance(row), as });

const clouds: Record<string, Act> = {
  "launches refused": ec2Fails("RunInstances", "before", slug),
  "a launch's answer lost": ec2Fails("RunInstances", "after", slug),
  "tagging refused": ec2Fails("CreateTags", "before", instance),
  "attaching refused": ec2Fails("AttachVolume", "before", volume),
  "a detachment's answer lost": ec2Fails("DetachVolume", "after", volume),
  "stopping refused": ec2Fails("StopInstances", "before", instance),
  "terminating refused": ec2Fails("TerminateInstances", "before", instance),
  "rules refused": cloudflareFails(rules, { kind: "status", status: 500 }, tunnel),
  "the rules' answer lost": cloudflareFails(rules, { kind: "lost-answer" }, tunnel),
  "record's change lost": cloudflareFails(
    "PATCH /zones/{zone_id}/dns_records/{dns_record_id}",
    { kind: "lost-answer" },
    record,
  ),
  "a tunnel's creation lost": cloudflareFails(
    "POST /accounts/{account_id}/cfd_tunnel",
    { kind: "lost-answer" },
    slug,
  ),
  "instance not listed": shown("not-listed"),
  "instance unknown": shown("unknown"),
  "tags not shown": shown("without-tags"),
  "executions late": (row) => aws.showExecutionsAfter({ named: row.slug, shownAfterSeconds: 5 }),
};

export const acts: Record<string, Act> = { ...byHand, ...broken, ...clouds };

/** Ends what lasts; what was broken stays so. */
export const endFaults = async (slugs: string[]): Promise<void> => {
  await machines.clearFaults();
  await machines.showAll();
  await machines.clearImpairments();
  await cloudflare.clearFaults();
  for (const named of slugs) await aws.showExecutionsAfter({ named, shownAfterSeconds: 0 });
};
