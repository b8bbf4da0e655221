// Security groups as deployed, told to nftables: what is not allowed by a rule of a group is dropped, as on EC2.
import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";

/** Matches of nftables, one per allowed kind of packet. */
export interface GroupRules {
  inbound: string[];
  outbound: string[];
}

/** EC2 allows what any of the groups allows. @throws Error for a kind of rule that cannot be enforced here */
export const rulesOf = (groups: SecurityGroup[]): GroupRules => ({
  inbound: groups.flatMap((group) => matches(group, group.IpPermissions, "saddr")),
  outbound: groups.flatMap((group) => matches(group, group.IpPermissionsEgress, "daddr")),
});

const matches = (
  { GroupId }: SecurityGroup,
  permissions: IpPermission[] = [],
  peer: "saddr" | "daddr",
): string[] => {
  return permissions.flatMap((permission) => {
    refuseUnknown(GroupId, permission);
    // Machines have no IPv6 here: ranges of it match nothing.
    return (permission.IpRanges ?? []).map(({ CidrIp }) =>
      `ip ${peer} ${CidrIp} ${traffic(permission)}`.trim(),
    );
  });
};

const traffic = ({ IpProtocol, FromPort, ToPort }: IpPermission): string => {
  if (IpProtocol === "-1") return "";
  if (IpProtocol === "icmp" || FromPort === undefined || FromPort === -1) return `meta l4proto ${IpProtocol}`;
  return `${IpProtocol} dport ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
};

const protocols = ["tcp", "udp", "icmp", "-1"];

/** A rule that is left out would show a machine as less reachable than it is. */
const refuseUnknown = (groupId: string | undefined, permission: IpPermission): void => {
  const { IpProtocol = "", UserIdGroupPairs = [], PrefixListIds = [], IpRanges = [], FromPort } = permission;
  const peers = [
    ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
    ...PrefixListIds.map((list) => list.PrefixListId),
  ];
  const problem =
    (peers.length > 0 && `has ${peers.join(", ")} as its peer, but only ranges of addresses`) ||
    (!protocols.includes(IpProtocol) && `is for protocol ${IpProtocol}, but only ${protocols.join(", ")}`) ||
    (IpProtocol === "icmp" && FromPort !== -1 && "is for one type of ICMP, but only all of ICMP") ||
    (IpRanges.some(({ CidrIp = "" }) => !/^[\d.]+\/\d+$/.test(CidrIp)) &&
      "has a malformed range, but only CIDR");
  if (problem)
    throw new Error(`A rule of security group ${groupId} ${problem} can be enforced on local machines`);
};
