// What an instance may do and who may reach it, as its launch template gave it: the instance profile and the security group.
import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceIamInstanceProfileAssociationCommand,
} from "@aws-sdk/client-ec2";
import { describeInstance, ec2Client } from "./ec2.ts";

/** The stage's own. */
export interface Access {
  profileArn: string;
  securityGroupId: string;
}

export interface InstanceAccess {
  /** Puts back what was changed of an instance that lives. @returns what is as it was again, in words */
  correct(id: string, own: Access): Promise<string[]>;
}

export const hasOwnProfile = ({ IamInstanceProfile }: Ec2Instance, { profileArn }: Access): boolean =>
  IamInstanceProfile?.Arn === profileArn;

/** EC2 lists those of the first interface, the only one that a tenant's instance is launched with. */
export const hasOwnGroup = ({ SecurityGroups = [] }: Ec2Instance, { securityGroupId }: Access): boolean =>
  SecurityGroups.length === 1 && SecurityGroups[0]?.GroupId === securityGroupId;

export const instanceAccess = (client: EC2Client = ec2Client()): InstanceAccess => ({
  correct: async (id, own) => {
    const shown = await describeInstance(client, id);
    const interfaceId = shown?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
    // One that ends has given its interface back.
    if (!shown || !interfaceId) return [];
    const corrected: string[] = [];
    if (!hasOwnProfile(shown, own)) {
      await correctProfile(client, id, own);
      corrected.push("its instance profile");
    }
    if (!hasOwnGroup(shown, own)) {
      await correctGroup(client, interfaceId, own);
      corrected.push("its security group");
    }
    return corrected;
  },
});

/** In one step where there is another: without any, the machine would have no credentials for a moment. */
const correctProfile = async (client: EC2Client, id: string, { profileArn }: Access): Promise<void> => {
  const IamInstanceProfile = { Arn: profileArn };
  const associated = { Name: "state", Values: ["associating", "associated"] };
  const { IamInstanceProfileAssociations: [existing] = [] } = await client.send(
    new DescribeIamInstanceProfileAssociationsCommand({
      Filters: [{ Name: "instance-id", Values: [id] }, associated],
    }),
  );
  await (existing
    ? client.send(
        new ReplaceIamInstanceProfileAssociationCommand({
          AssociationId: existing.AssociationId,
          IamInstanceProfile,
        }),
      )
    : client.send(new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile })));
};

/** By the interface: who may modify an instance's attributes may change its user data as well. */
const correctGroup = async (client: EC2Client, interfaceId: string, own: Access): Promise<void> => {
  await client.send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: interfaceId,
      Groups: [own.securityGroupId],
    }),
  );
};
