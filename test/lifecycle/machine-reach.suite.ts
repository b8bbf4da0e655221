import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostRoute, nobodysAddress } from "../../local/ec2/isolation/host-route.ts";
import { ec2, facts, machines } from "../support/stage.ts";
import { create, remove, visit, whenRowGone, whenStatus } from "../support/tenants.ts";

const { mode, reason } = facts.isolation;
const title = "on the running stage, a tenant's machine";

interface Machine {
  namespace: string;
  address: string;
}

const slugs = ["reach-a", "reach-b"];

const machineOf = async (slug: string): Promise<Machine> => {
  await create(slug);
  const { hostname } = await whenStatus(slug, "ready");
  const { instanceId } = JSON.parse((await visit(hostname, "/identity")).body);
  const report = (await machines.machines()).find((machine) => machine.instanceId === instanceId);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const address = Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress;
  if (!report?.namespace || !address) throw new Error(`no machine in a namespace for ${slug}`);
  return { namespace: report.namespace, address };
};

const curl = ["curl", "--silent", "--output", "/dev/null", "--max-time", "2", "--write-out", "%{http_code}"];
/** The HTTP status, or 000 where nothing was reached. */
const reach = async (url: string, from: Machine): Promise<string> => {
  return (await execa("ip", ["netns", "exec", from.namespace, ...curl, url], { reject: false })).stdout;
};

describe.skipIf(mode !== "namespace")(
  mode === "namespace" ? title : `skipped, as ${reason}: ${title}`,
  () => {
    let a: Machine;
    let b: Machine;
    beforeAll(async () => {
      [a, b] = (await Promise.all(slugs.map(machineOf))) as [Machine, Machine];
    });
    afterAll(async () => {
      await Promise.all(slugs.map(remove));
      await Promise.all(slugs.map(whenRowGone));
    });

    test("reaches its own application and metadata service", async () => {
      expect(await reach("http://localhost:8080/health", a)).toBe("200");
      expect(await reach("http://169.254.169.254/latest/meta-data/", a)).toBe("401");
    });

    test("reaches neither another's application nor its metadata service", async () => {
      expect(await reach(`http://${b.address}:8080/health`, a)).toBe("000");
      expect(await reach(`http://${b.address}:80/latest/meta-data/`, a)).toBe("000");
    });

    test("has an address that this computer knows no way to", async () => {
      expect(await hostRoute(a.address)).toBe(await hostRoute(nobodysAddress));
    });
  },
);
