// What somebody changes by hand about one tenant, at Cloudflare, in EC2 and in Parameter Store.
import { randomBytes } from "node:crypto";
import {
  DeleteTagsCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeSecurityGroupsCommand,
  DetachVolumeCommand,
  DisassociateIamInstanceProfileCommand,
  type Instance,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import { AddTagsToResourceCommand, DeleteParameterCommand } from "@aws-sdk/client-ssm";
import Cloudflare from "cloudflare";
import { describeInstance } from "../../core/aws/ec2.ts";
import { parameters } from "../../core/aws/parameters.ts";
import { type SecretName, secretParameter, tenantSecrets, tunnelName } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { cloudflareApiToken } from "./cloudflare-token.ts";
import { ec2, facts, ssm } from "./stage.ts";

const { stage, baseDomain, cloudflare } = loadConfig("local");
const account = { account_id: cloudflare.accountId };
const zone = { zone_id: cloudflare.zoneId };

const client = async () =>
  new Cloudflare({ apiToken: await cloudflareApiToken(), baseURL: facts.cloudflareUrl });
const tunnels = async () => (await client()).zeroTrust.tunnels.cloudflared;
const records = async () => (await client()).dns.records;

type Drift = (row: Tenant) => Promise<unknown>;

const record = ({ resources }: Tenant): string => resources.dnsRecordId ?? "";
const tunnel = ({ resources }: Tenant): string => resources.tunnelId ?? "";

/** Until it connects anew, a connector goes on with what it logged in with. */
const dropConnectors: Drift = async (row) => (await tunnels()).connections.delete(tunnel(row), account);

const changedRecord =
  (changes: { content?: string; proxied?: boolean }): Drift =>
  async (row) =>
    (await records()).update(record(row), {
      ...zone,
      name: `${row.slug}.${baseDomain}`,
      type: "CNAME",
      ttl: 1,
      comment: `warren:${stage}:${row.slug}:${row.generation}`,
      content: `${tunnel(row)}.cfargotunnel.com`,
      proxied: true,
      ...changes,
    });

const rules =
  (...ingress: { hostname?: string; service: string }[]): Drift =>
  async (row) =>
    (await tunnels()).configurations.update(tunnel(row), {
      ...account,
      config: { ingress: [...ingress, { service: "http_status:404" }] as never },
    });

export const deletedRecord: Drift = async (row) => (await records()).delete(record(row), zone);
export const movedRecord: Drift = changedRecord({ content: "elsewhere.example.org" });
export const unproxiedRecord: Drift = changedRecord({ proxied: false });
export const lostRules: Drift = rules();
export const replacedRules: Drift = (row) =>
  rules({ hostname: `${row.slug}.${baseDomain}`, service: "http://localhost:9" })(row);
export const renamedTunnel: Drift = async (row) =>
  (await tunnels()).edit(tunnel(row), { ...account, name: `old-${row.slug}` });
export const isNamed = async (row: Tenant): Promise<boolean> =>
  (await (await tunnels()).get(tunnel(row), account)).name === tunnelName({ stage, ...row });
export const changedSecret: Drift = async (row) => {
  const secret = randomBytes(32).toString("base64");
  await (await tunnels()).edit(tunnel(row), { ...account, tunnel_secret: secret });
  await dropConnectors(row);
};
/** The connector must not come back between the two calls. */
export const deletedTunnel: Drift = async (row) => {
  await dropConnectors(row);
  await (await tunnels()).delete(tunnel(row), account);
};

/** The instance as EC2 shows it. */
export const shown = async (instanceId: string): Promise<Instance> => {
  const instance = await describeInstance(ec2, instanceId);
  if (!instance) throw new Error(`EC2 shows no ${instanceId}`);
  return instance;
};

export const lostTag: Drift = ({ resources }) =>
  ec2.send(
    new DeleteTagsCommand({ Resources: [resources.instanceId ?? ""], Tags: [{ Key: tagKeys.generation }] }),
  );
/** Without tags in the request, all are deleted. */
export const lostTags: Drift = ({ resources }) =>
  ec2.send(new DeleteTagsCommand({ Resources: [resources.instanceId ?? ""] }));
export const foreignGroup: Drift = async ({ resources: { instanceId = "" } }) => {
  const { NetworkInterfaces, VpcId = "" } = await shown(instanceId);
  const inVpc = { Name: "vpc-id", Values: [VpcId] };
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [inVpc, { Name: "group-name", Values: ["default"] }] }),
  );
  return ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: NetworkInterfaces?.[0]?.NetworkInterfaceId,
      Groups: [SecurityGroups[0]?.GroupId ?? ""],
    }),
  );
};
export const takenProfile: Drift = async ({ resources: { instanceId = "" } }) => {
  const { IamInstanceProfileAssociations: [association] = [] } = await ec2.send(
    new DescribeIamInstanceProfileAssociationsCommand({
      Filters: [{ Name: "instance-id", Values: [instanceId] }],
    }),
  );
  return ec2.send(new DisassociateIamInstanceProfileCommand({ AssociationId: association?.AssociationId }));
};
export const detachedVolume: Drift = ({ resources }) =>
  ec2.send(new DetachVolumeCommand({ VolumeId: resources.volumeId, InstanceId: resources.instanceId }));

const deletedSecret =
  (name: SecretName): Drift =>
  ({ slug, generation }) =>
    ssm.send(new DeleteParameterCommand({ Name: secretParameter({ stage, slug, generation }, name) }));
export const foreignReader: Drift = ({ slug, generation }) =>
  ssm.send(
    new AddTagsToResourceCommand({
      ResourceType: "Parameter",
      ResourceId: secretParameter({ stage, slug, generation }, "tunnel-token"),
      Tags: [{ Key: tagKeys.reader, Value: "AROANOBODY:i-0" }],
    }),
  );
/** Who reads the tenant's secrets, by the parameters' tags; a parameter that is not there has none. */
export const readersOf = ({ slug, generation }: Tenant): Promise<(string | undefined)[]> =>
  Promise.all(
    tenantSecrets({ stage, slug, generation }).map(
      async (name) => (await parameters(ssm).tagsOf(name))[tagKeys.reader],
    ),
  );

export const deletedAdminToken = deletedSecret("admin-token");
export const deletedDatabasePassword = deletedSecret("database-password");
