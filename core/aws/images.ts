// Images of machines (AMIs), and what in this account and region needs which of them.
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type Filter,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
} from "@aws-sdk/client-ec2";
import { tagKeys } from "../tenant/tags.ts";
import { ec2Client, withTags } from "./ec2.ts";

export interface Image {
  id: string;
  /** ISO 8601 */
  createdAt: string;
  state: string;
  tags: Record<string, string>;
}

export interface Images {
  /** All that were made for the stage. */
  ofStage(stage: string): Promise<Image[]>;
  find(id: string): Promise<Image | undefined>;
  /** Ids that instances were started from, or that launch templates would start the next one from. */
  inUse(): Promise<Set<string>>;
  tag(ids: string[], tags: Record<string, string>): Promise<void>;
  untag(ids: string[], keys: string[]): Promise<void>;
}

export const images = (client: EC2Client = ec2Client()): Images => {
  const describe = async (Filters: Filter[]): Promise<Image[]> => {
    const found: Image[] = [];
    for await (const page of paginateDescribeImages({ client }, { Owners: ["self"], Filters })) {
      for (const { ImageId = "", CreationDate = "", State = "", Tags = [] } of page.Images ?? []) {
        const tags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
        found.push({ id: ImageId, createdAt: CreationDate, state: State, tags });
      }
    }
    return found;
  };

  return {
    ofStage: (stage) => describe(withTags({ [tagKeys.stage]: stage })),

    find: async (id) => (await describe([{ Name: "image-id", Values: [id] }]))[0],

    inUse: async () => new Set([...(await ofInstances(client)), ...(await ofTemplates(client))]),

    tag: async (ids, tags) => {
      if (ids.length === 0) return;
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await client.send(new CreateTagsCommand({ Resources: ids, Tags }));
    },

    untag: async (ids, keys) => {
      if (ids.length === 0) return;
      await client.send(new DeleteTagsCommand({ Resources: ids, Tags: keys.map((Key) => ({ Key })) }));
    },
  };
};

const ofInstances = async (client: EC2Client): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, {})) {
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    const alive = instances.filter(({ State }) => State?.Name !== "terminated");
    ids.push(...alive.flatMap(({ ImageId = [] }) => ImageId));
  }
  return ids;
};

/** Of every launch template in its newest and its default version, which are those that anything is started by. */
const ofTemplates = async (client: EC2Client): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client }, {})) {
    for (const { LaunchTemplateId } of LaunchTemplates) {
      const command = { LaunchTemplateId, Versions: ["$Latest", "$Default"] };
      const { LaunchTemplateVersions = [] } = await client.send(
        new DescribeLaunchTemplateVersionsCommand(command),
      );
      ids.push(
        ...LaunchTemplateVersions.flatMap(({ LaunchTemplateData }) => LaunchTemplateData?.ImageId ?? []),
      );
    }
  }
  return ids;
};
