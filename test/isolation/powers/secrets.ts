// Who may do what with parameters and keys.
import * as about from "../requests.ts";
import { nobody, only, type Power } from "./power.ts";

const callsCloudflare = [
  "survey-fleet",
  "create-tunnel",
  "create-dns-record",
  "correct-route",
  "delete-dns-record",
  "delete-tunnel",
  "verify-removal",
];

const writesTokens = ["create-tunnel", "correct-route"];
const createsAdminTokens = ["create-secrets", "correct-secrets"];
const namesReaders = ["grant-secrets", "correct-secrets"];

export const secrets: Record<string, Power> = {
  "write a new tunnel token": only(writesTokens, about.put("A's tunnel token", { tagged: "owner" })),
  "replace a tunnel token": only(writesTokens, about.put("A's tunnel token", { overwrite: true })),
  "create an admin token": only(createsAdminTokens, about.put("A's admin token", { tagged: "owner" })),
  "create a database password": only(
    ["create-secrets"],
    about.put("A's database password", { tagged: "owner" }),
  ),
  "replace an admin token": only(nobody, about.put("A's admin token", { overwrite: true })),
  "replace a database password": only(nobody, about.put("A's database password", { overwrite: true })),
  "create a secret with a reader of its choice": only(
    nobody,
    about.put("A's tunnel token", { tagged: "reader" }),
  ),
  "create an admin token with a reader of its choice": only(
    nobody,
    about.put("A's admin token", { tagged: "reader" }),
  ),
  "write another stage's secret": only(
    nobody,
    about.put("staging's admin token, tagged for A", { tagged: "owner" }),
  ),
  "replace the Cloudflare API token": only(
    nobody,
    about.put("the Cloudflare API token, tagged for A", { overwrite: true }),
  ),
  "choose the machines' image": only(
    ["image-pipeline"],
    about.put("the machines' image", { overwrite: true }),
  ),
  "tag a new tunnel token as its tenant's": only(writesTokens, about.tagOwner("A's tunnel token")),
  "tag a new admin token as its tenant's": only(createsAdminTokens, about.tagOwner("A's admin token")),
  "name the machine that reads a tunnel token": only(
    namesReaders,
    about.nameReader("A's tunnel token", about.machineB),
  ),
  "name the machine that reads an admin token": only(
    namesReaders,
    about.nameReader("A's admin token", about.machineB),
  ),
  "name the machine that reads a database password": only(
    namesReaders,
    about.nameReader("A's database password", about.machineB),
  ),
  "name as a reader what is no machine": only(
    nobody,
    about.nameReader("A's admin token", "AIDAAAAAAAAAAAAAAAAAA"),
  ),
  "name as a reader another role's machine": only(
    nobody,
    about.nameReader("A's admin token", "AROABBBBBBBBBBBBBBBBB:i-0aaaaaaaaaaaaaaaa"),
  ),
  "name a reader of another stage's secret": only(
    nobody,
    about.nameReader("staging's admin token, tagged for A", about.machineB),
  ),
  "name a reader of the Cloudflare API token": only(
    nobody,
    about.nameReader("the Cloudflare API token, tagged for A", about.machineB),
  ),
  "take away a secret's reader": only(nobody, about.untag("A's admin token")),
  "see that a tenant's secret exists": only(
    ["verify-removal", "correct-secrets", "correct-route"],
    about.parameter("GetParameter", "A's tunnel token"),
  ),
  "see that a tenant's admin token exists": only(
    ["verify-removal", "correct-secrets", "admin-token-reader"],
    about.parameter("GetParameter", "A's admin token"),
  ),
  "see who may read a tenant's secret": only(
    ["correct-secrets", "survey-fleet"],
    about.parameter("ListTagsForResource", "A's tunnel token"),
  ),
  "read a tenant's secrets by path": only(
    nobody,
    about.parameter("GetParametersByPath", "A's admin token", { tags: false }),
  ),
  "read several secrets at once": only(nobody, about.parameter("GetParameters", "A's database password")),
  "read a secret's history": only(nobody, about.parameter("GetParameterHistory", "A's admin token")),
  "list parameters": only(nobody, about.everything("ssm:DescribeParameters")),
  "delete a tunnel token": only(["delete-secrets"], about.parameter("DeleteParameter", "A's tunnel token")),
  "delete an admin token": only(["delete-secrets"], about.parameter("DeleteParameter", "A's admin token")),
  "delete a database password": only(
    ["delete-secrets"],
    about.parameter("DeleteParameter", "A's database password"),
  ),
  "delete the Cloudflare API token": only(
    nobody,
    about.parameter("DeleteParameter", "the Cloudflare API token, tagged for A"),
  ),
  "read the Cloudflare API token": only(callsCloudflare, about.cloudflareToken("GetParameter")),
  "encrypt a tunnel token": only(writesTokens, about.encrypted("Encrypt", "A's tunnel token")),
  "encrypt an admin token": only(createsAdminTokens, about.encrypted("Encrypt", "A's admin token")),
  "encrypt a database password": only(
    ["create-secrets"],
    about.encrypted("Encrypt", "A's database password"),
  ),
  // Which Cloudflare would tell it as well.
  "decrypt a tunnel token": only(
    ["machine", "correct-route"],
    about.encrypted("Decrypt", "A's tunnel token"),
  ),
  "decrypt an admin token": only(
    ["machine", "admin-token-reader"],
    about.encrypted("Decrypt", "A's admin token"),
  ),
  "decrypt a database password": only(["machine"], about.encrypted("Decrypt", "A's database password")),
  "decrypt the Cloudflare API token": only(
    callsCloudflare,
    about.encrypted("Decrypt", "the Cloudflare API token, tagged for A"),
  ),
  "decrypt with the parameters' key directly": only(nobody, about.key("Decrypt", "the parameters' key")),
  "lend the parameters' key to others": only(nobody, about.key("CreateGrant", "the parameters' key")),
  "rewrite the parameters' key's policy": only(nobody, about.key("PutKeyPolicy", "the parameters' key")),
  "have the parameters' key deleted": only(nobody, about.key("ScheduleKeyDeletion", "the parameters' key")),
  "have the tables' key deleted": only(nobody, about.key("ScheduleKeyDeletion", "the tables' key")),
  "read Secrets Manager": only(nobody, about.named("secretsmanager:GetSecretValue", "secret:any-abcdef")),
};
