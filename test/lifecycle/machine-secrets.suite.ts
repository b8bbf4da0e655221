import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SecretName, secretNames, secretParameter, type TenantKey } from "../../core/tenant/names.ts";
import { ssm as administrator, facts } from "../support/stage.ts";
import { create, remove, visit, whenRowGone, whenStatus } from "../support/tenants.ts";
import { identityOf } from "./machine-identity.ts";

interface Tenant {
  key: TenantKey;
  /** with the machine's own credentials */
  ssm: SSMClient;
}

const slugs = ["secretive-a", "secretive-b"];
let a: Tenant;
let b: Tenant;

const ready = async (slug: string): Promise<Tenant> => {
  await create(slug);
  const { hostname } = await whenStatus(slug, "ready");
  const { instanceId, generation } = JSON.parse((await visit(hostname, "/identity")).body);
  const { ssm } = await identityOf(instanceId);
  return { key: { stage: "local", slug, generation }, ssm };
};

beforeAll(async () => {
  [a, b] = (await Promise.all(slugs.map(ready))) as [Tenant, Tenant];
});
afterAll(async () => {
  await Promise.all(slugs.map(remove));
  await Promise.all(slugs.map(whenRowGone));
});

const read = (ssm: SSMClient, Name: string) =>
  ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
const denied = { name: "AccessDeniedException" };

test.each(secretNames)("machine A reads its own %s", async (name) => {
  const { Parameter } = await read(a.ssm, secretParameter(a.key, name));

  const known = await read(administrator, secretParameter(a.key, name));
  expect(Parameter?.Value?.length).toBeGreaterThan(40);
  expect(Parameter?.Value === known.Parameter?.Value).toBe(true);
});

test.each(secretNames)("machine A cannot read B's %s, which B can", async (name) => {
  const theirs = secretParameter(b.key, name);

  await expect(read(a.ssm, theirs)).rejects.toMatchObject(denied);
  await expect(read(b.ssm, theirs)).resolves.toBeDefined();
});

const change = (Name: string, name: SecretName) =>
  new PutParameterCommand({ Name, Value: `another ${name}`, Type: "SecureString", Overwrite: true });

test.each(secretNames)("machine A can change neither its own %s nor B's", async (name) => {
  for (const { key } of [a, b]) {
    await expect(a.ssm.send(change(secretParameter(key, name), name))).rejects.toMatchObject(denied);
  }
});

test("machine A cannot make itself the reader of B's secrets", async () => {
  for (const name of secretNames) {
    const tag = new AddTagsToResourceCommand({
      ResourceType: "Parameter",
      ResourceId: secretParameter(b.key, name),
      Tags: [{ Key: "reader", Value: "mine" }],
    });
    await expect(a.ssm.send(tag)).rejects.toMatchObject(denied);
  }
});

test("machine A can list nothing: not even its own secrets by their path", async () => {
  const { stage, slug, generation } = a.key;
  const paths = ["/warren", `/warren/${stage}/tenants/${slug}/${generation}`];

  for (const Path of paths) {
    await expect(a.ssm.send(new GetParametersByPathCommand({ Path }))).rejects.toMatchObject(denied);
  }
});

test("machine A cannot read the Cloudflare API token", async () => {
  await expect(read(a.ssm, facts.apiTokenParameter)).rejects.toMatchObject(denied);
});
