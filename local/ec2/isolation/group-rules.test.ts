import type { IpPermission } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { rulesOf } from "./group-rules.ts";

const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const groupWith = (permission: IpPermission) => [{ GroupId: "sg-1", IpPermissionsEgress: [permission] }];

test("a group without rules allows nothing", () => {
  expect(rulesOf([{ GroupId: "sg-1" }])).toEqual({ inbound: [], outbound: [] });
});

test("each range of each rule becomes a match of its own", () => {
  const permission = { IpProtocol: "tcp", FromPort: 443, ToPort: 443 };
  const IpRanges = [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "192.0.2.1/32" }];

  const rules = rulesOf([
    { GroupId: "sg-1", IpPermissionsEgress: [{ ...permission, ...anywhere }] },
    { GroupId: "sg-2", IpPermissions: [{ ...permission, IpRanges }] },
  ]);

  expect(rules).toEqual({
    inbound: ["ip saddr 10.0.0.0/8 tcp dport 443", "ip saddr 192.0.2.1/32 tcp dport 443"],
    outbound: ["ip daddr 0.0.0.0/0 tcp dport 443"],
  });
});

test.each<[string, IpPermission, string]>([
  ["all traffic", { IpProtocol: "-1" }, "ip daddr 0.0.0.0/0"],
  ["a range of ports", { IpProtocol: "udp", FromPort: 1, ToPort: 9 }, "ip daddr 0.0.0.0/0 udp dport 1-9"],
  [
    "all ports of a protocol",
    { IpProtocol: "tcp", FromPort: -1, ToPort: -1 },
    "ip daddr 0.0.0.0/0 meta l4proto tcp",
  ],
  ["all of ICMP", { IpProtocol: "icmp", FromPort: -1, ToPort: -1 }, "ip daddr 0.0.0.0/0 meta l4proto icmp"],
])("%s is told to nftables", (_, permission, match) => {
  expect(rulesOf(groupWith({ ...permission, ...anywhere })).outbound).toEqual([match]);
});

test("a range of IPv6, which machines do not have, allows nothing", () => {
  const permission = { IpProtocol: "tcp", FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: "::/0" }] };

  expect(rulesOf(groupWith(permission)).outbound).toEqual([]);
});

test.each<[string, IpPermission]>([
  ["another group as peer", { IpProtocol: "tcp", UserIdGroupPairs: [{ GroupId: "sg-2" }] }],
  ["a prefix list as peer", { IpProtocol: "tcp", PrefixListIds: [{ PrefixListId: "pl-1" }] }],
  ["an unknown protocol", { IpProtocol: "47", ...anywhere }],
  ["one type of ICMP", { IpProtocol: "icmp", FromPort: 8, ToPort: -1, ...anywhere }],
  ["a range that is none", { IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0 accept" }] }],
])("%s is refused instead of left out", (_, permission) => {
  expect(() => rulesOf(groupWith(permission))).toThrow(/^A rule of security group sg-1 .* local machines$/);
});
