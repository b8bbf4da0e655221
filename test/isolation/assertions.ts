// The tables as assertions: one request each, with all of whom it is asked, and those of them who may make it.
import type { Request } from "../../local/iam/decision.ts";
import { powers } from "./powers-table.ts";
import { instances, keys, parameter, parameters, prefixed, reader, region } from "./scene.ts";
import {
  allowedOnKeys,
  allowedOnParameters,
  keyActions,
  keyUses,
  parameterActions,
  whoOfSecrets,
} from "./secrets-table.ts";
import type { Principal } from "./simulator.ts";

export interface Assertion {
  /** "list instances", "ssm:GetParameter A's admin token" */
  what: string;
  request: Request;
  /** By the names that the tables use. */
  principals: Record<string, Principal>;
  granted: readonly string[];
}

const known: Record<string, Principal> = {
  "machine A": { role: "machine", session: instances.A },
  "machine B": { role: "machine", session: instances.B },
  "a machine without a tenant": { role: "machine", session: instances.stray },
  machine: { role: "machine", session: instances.stray },
  "the admin-token reader": { role: "admin-token-reader", session: "an-operator" },
};

const named = (names: readonly string[]): Record<string, Principal> =>
  Object.fromEntries(names.map((name) => [name, known[name] ?? { role: name, session: "session" }]));

const principalsOfSecrets = named(whoOfSecrets);

/** What an attacker would send: to become the parameter's reader, or to replace its value. */
const sent: Record<string, Request["context"]> = {
  "ssm:AddTagsToResource": { "aws:RequestTag/reader": reader("A"), "aws:TagKeys": ["reader"] },
  "ssm:RemoveTagsFromResource": { "aws:TagKeys": ["reader"] },
  "ssm:PutParameter": { "ssm:Overwrite": "true" },
};
/** Parameter Store has no tags to show for these: it authorises the path, or the creation. */
const withoutTags = ["ssm:GetParametersByPath", "ssm:PutParameter"];

const onParameters: Assertion[] = parameterActions.flatMap((action) =>
  Object.entries(parameters).map(([name, { arn, tags }]) => ({
    what: `${action} ${name}`,
    principals: principalsOfSecrets,
    granted: whoOfSecrets.filter((who) => allowedOnParameters[who]?.[action]?.includes(name)),
    request: {
      action,
      resource: arn,
      context: {
        ...sent[action],
        ...(withoutTags.includes(action) ? {} : prefixed("aws:ResourceTag", tags)),
      },
    },
  })),
);

const keyContext = ({ via, parameter: name }: { via?: string; parameter?: string }) => ({
  ...(via && { "kms:ViaService": `${via}.${region}.amazonaws.com` }),
  ...(name && { "kms:EncryptionContext:PARAMETER_ARN": parameter(name).arn }),
});

const mayUse = (keyName: string, action: string, use: string): string[] =>
  keyName === "the parameters' key"
    ? whoOfSecrets.filter((who) => allowedOnKeys[who]?.[action]?.includes(use))
    : [];

const onKeys: Assertion[] = Object.entries(keys).flatMap(([keyName, resource]) =>
  keyActions.flatMap((action) =>
    Object.entries(keyUses).map(([use, about]) => ({
      what: `${action} with ${keyName} ${use}`,
      principals: principalsOfSecrets,
      granted: mayUse(keyName, action, use),
      request: { action, resource, context: keyContext(about) },
    })),
  ),
);

/** Every role is asked about every power: those that the table does not name must not have it. */
const onPowers = (roles: readonly string[]): Assertion[] => {
  const principals = named(roles);
  return powers.map(([what, { roles: granted, ...request }]) => ({ what, principals, granted, request }));
};

export const assertionsFor = (roles: readonly string[]): Assertion[] => [
  ...onParameters,
  ...onKeys,
  ...onPowers(roles),
];

const few = 3;

/** "only delete-instance and retire-instance may terminate a tenant's instance" */
export const titleOf = ({ what, granted }: Assertion): string => {
  if (granted.length === 0) return `nobody may ${what}`;
  const who = granted.length > few ? `the ${granted.length} that are listed` : granted.join(" and ");
  return `only ${who} may ${what}`;
};
