import { beforeAll, expect, test } from "vitest";
import { rungs } from "../../core/repair/rungs.ts";
import { type Need, requestOf } from "../../local/ec2/authorisation/needs.ts";
import { type StagePolicies, stagePolicies } from "../isolation/policies.ts";
import { isAllowed } from "../isolation/simulator.ts";
import { stageTemplates } from "../isolation/stage-templates.ts";
import { production } from "../stacks/synthesised.ts";
import { heldAgainst } from "../support/explained.ts";
import { deployedPolicies } from "./deployed-policies.ts";
import { type RecordedLives, recordedLives } from "./recorded-lives.ts";
import { explanations } from "./unused-permissions.ts";
import { usedPermissions } from "./used-permissions.ts";

let lives: RecordedLives;
let deployed: StagePolicies;

beforeAll(async () => {
  deployed = await deployedPolicies();
  lives = await recordedLives();
}, 360_000);

const outside = ["CDK's helper", "flow-logs"];

/** `<role> <action>` of everything that a stage's roles allow. */
const granted = ({ roles }: StagePolicies): string[] =>
  Object.entries(roles)
    .filter(([role]) => !outside.includes(role))
    .flatMap(([role, { policies }]) =>
      policies
        .flatMap(({ Statement }) => Statement)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action)
        .map((action) => `${role} ${action}`),
    );

const simulate = (app: string, need: Need): Promise<boolean> =>
  isAllowed(deployed, { role: app, session: app }, requestOf(need));

test("what is recorded are lives with every rung of the ladder", () => {
  expect(lives.rungs).toEqual(new Set(rungs));
});

test("what machines said last, before they were replaced, is in the audit", () => {
  expect(lives.lastWords.length).toBeGreaterThan(0);
  for (const { lastWords } of lives.lastWords) expect(lastWords).not.toEqual([]);
});

test("every EC2 and Run Command call of a life is allowed by its task's synthesised policy, tags included", async () => {
  const needs = lives.ec2.flatMap(({ app, needs }) => needs.map((need) => ({ app: app ?? "nobody", need })));

  const judged = await Promise.all(
    needs.map(async ({ app, need }) => ({ app, need, allowed: await simulate(app, need) })),
  );

  expect(new Set(needs.map(({ app }) => app))).toEqual(
    new Set([
      ...["launch-instance", "create-data-volume", "delete-instance", "delete-data-volume", "verify-removal"],
      ...["survey-fleet", "diagnose-tenant", "correct-machine", "read-console", "restart-unit"],
      ...["start-instance", "reboot-instance", "stop-instance", "snapshot-data-volume"],
      ...["move-data-volume", "retire-instance"],
    ]),
  );
  expect(judged.length).toBeGreaterThan(100);
  expect(judged.filter(({ allowed }) => !allowed)).toEqual([]);
});

test("the same calls are refused where a resource's tags are another stage's", async () => {
  const tagged = lives.ec2.flatMap(({ app, needs }) =>
    needs
      .filter(({ context }) => Object.keys(context).some((key) => key.endsWith("tag/warren:stage")))
      .map((need) => ({ app: app ?? "nobody", need })),
  );
  const elsewhere = ({ context, ...need }: Need): Need => ({
    ...need,
    context: Object.fromEntries(
      Object.entries(context).map(([key, values]) => [
        key,
        key.endsWith("/warren:stage") ? ["staging"] : values,
      ]),
    ),
  });
  // Tags that are written at a creation are judged with the creation itself; a document is named, and needs none.
  const judged = tagged.filter(
    ({ need }) => need.action !== "ec2:CreateTags" && !need.resource.includes(":document/"),
  );

  const allowed = await Promise.all(judged.map(({ app, need }) => simulate(app, elsewhere(need))));

  expect(judged.length).toBeGreaterThan(20);
  expect(allowed).not.toContain(true);
});

test("every permission, of production's roles too, is used in a life or explained", () => {
  const { account = "111122223333", region } = production;
  const all = [
    ...granted(deployed),
    ...granted(stagePolicies({ account, region }, stageTemplates(production))),
  ];
  const used = usedPermissions(lives);

  const unused = [...new Set(all)].filter((permission) => !used.has(permission)).sort();

  expect(heldAgainst(explanations, unused)).toEqual({ unexplained: [], idle: [] });
});

test("no task calls what its role does not name", () => {
  const names = new Set(granted(deployed));
  const tasks = Object.keys(deployed.roles);

  const beyond = [...usedPermissions(lives)].filter(
    (permission) => tasks.includes(permission.split(" ")[0] ?? "") && !names.has(permission),
  );

  expect(beyond).toEqual([]);
});
