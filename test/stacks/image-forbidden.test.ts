// What must never come back from the practice that Warren replaced: secrets in user data, ways in, traces of commands,
// and debug servers.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changed, local, newStage, production, staging } from "./synthesised.ts";

const withImage = changed(production, { image: staging.image });
const configurations = { local, staging, production, "production that builds its image": withImage };

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What the synthesised file says, as text and as resources; placeholders stand for the Lambdas' code. */
const templates = Object.entries(configurations).flatMap(([of, config]) =>
  newStage(config)
    .app.synth()
    .stacks.map(({ stackName, templateFullPath }) => {
      const text = readFileSync(templateFullPath, "utf8");
      const resources = Object.entries<Resource>(JSON.parse(text).Resources);
      return { name: `${stackName} of ${of}`, text, resources };
    }),
);

/** Every value below any of the keys, wherever it is. */
const valuesOf = (keys: RegExp, value: unknown): unknown[] => {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => (keys.test(key) ? [inner] : valuesOf(keys, inner)));
};

describe.each(templates)("$name", ({ text, resources }) => {
  it("gives user data to no machine of tenants and no builder", () => {
    // A NAT instance is set up by CDK's own user data, which is judged below.
    const launched = resources.filter(([, { Type }]) => Type !== "AWS::EC2::Instance");

    expect(valuesOf(/^UserData/, launched)).toEqual([]);
  });

  it("has no secret in any user data", () => {
    const userData = JSON.stringify(valuesOf(/^UserData/, resources));

    expect(userData).not.toMatch(/token|secret|password|credential|parameter|AKIA|ASIA/i);
  });

  it("lets nothing in to the tenants' machines or the builders", () => {
    const closed = resources.filter(
      ([, { Type, Properties }]) =>
        Type === "AWS::EC2::SecurityGroup" && /nothing comes in$/.test(String(Properties?.GroupDescription)),
    );
    const rules = resources.filter(([, { Type }]) => Type === "AWS::EC2::SecurityGroupIngress");
    const reaching = rules.filter(([, rule]) =>
      closed.some(([id]) => JSON.stringify(rule.Properties?.GroupId).includes(id)),
    );

    expect(closed.filter(([, { Properties }]) => Properties?.SecurityGroupIngress)).toEqual([]);
    expect([reaching, rules.filter(([, rule]) => /TenantsSecurityGroup/.test(JSON.stringify(rule)))]).toEqual(
      [[], []],
    );
  });

  it("traces no commands", () => {
    expect(text).not.toMatch(/set -[a-z]*x|set -o xtrace|bash -[a-z]*x\b/);
  });

  it("knows no port 9999", () => {
    expect(text).not.toMatch(/(?<![0-9a-f])9999(?![0-9a-f])/);
  });
});

it("looks at every stack, and at the group that nothing may come in to", () => {
  const groups = templates.filter(({ text }) => text.includes("Machines of tenants: nothing comes in"));

  expect(templates).toHaveLength(6 + 7 + 6 + 7);
  expect(groups).toHaveLength(4);
});
