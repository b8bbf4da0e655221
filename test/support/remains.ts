// What exists in the clouds right now, whoever made it: after the last tenant there must be nothing.
import {
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
} from "@aws-sdk/client-ec2";
import { type Parameter, paginateGetParametersByPath } from "@aws-sdk/client-ssm";
import { parametersOf } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { cloudflare, ec2, output, ssm } from "./stage.ts";
import { scan } from "./traces.ts";

const living = [
  { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped", "shutting-down"] },
];

export interface Remains {
  tunnels: string[];
  records: string[];
  instances: string[];
  volumes: string[];
  snapshots: string[];
  parameters: string[];
  rows: string[];
}

/** Only what belongs to one of these slugs. */
export const remainsOf = async (slugs: string[]): Promise<Remains> => {
  const ofThem = (name: string | undefined) => slugs.some((slug) => name?.includes(slug));
  const tag = { Name: `tag:${tagKeys.slug}`, Values: slugs };
  const { tunnels, records } = await cloudflare.state();
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [tag, ...living] }));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters: [tag] }));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ Filters: [tag] }));
  return {
    tunnels: tunnels.map(({ name }) => name).filter(ofThem),
    records: records.map(({ name }) => name).filter(ofThem),
    instances: Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId = "" }) => InstanceId),
    ),
    volumes: Volumes.map(({ VolumeId = "" }) => VolumeId),
    snapshots: Snapshots.map(({ SnapshotId = "" }) => SnapshotId),
    parameters: (await secretNames()).filter(ofThem),
    rows: (await scan(output("TenantsTableName"))).map(({ slug }) => String(slug)).filter(ofThem),
  };
};

export const nothing: Remains = {
  tunnels: [],
  records: [],
  instances: [],
  volumes: [],
  snapshots: [],
  parameters: [],
  rows: [],
};

const secretNames = async () => (await secrets()).map(({ Name = "" }) => Name);

/** With their values: what must be found nowhere else. */
export const secrets = async (): Promise<Parameter[]> => {
  const found: Parameter[] = [];
  const below = { Path: `${parametersOf("local")}/tenants`, Recursive: true, WithDecryption: true };
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, below))
    found.push(...Parameters);
  return found;
};
