// The tables as cases: each a name that says what is expected, and the request that shows it.
import type { Request } from "../../local/iam/decision.ts";
import type { StagePolicies } from "./policies.ts";
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
import { isAllowed, type Principal } from "./simulator.ts";

export interface Case {
  name: string;
  principal: Principal;
  request: Request;
  allowed: boolean;
}

const principals: Record<string, Principal> = {
  "machine A": { role: "machine", session: instances.A },
  "machine B": { role: "machine", session: instances.B },
  "a machine without a tenant": { role: "machine", session: instances.stray },
  machine: { role: "machine", session: instances.stray },
  "the admin-token reader": { role: "admin-token-reader", session: "an-operator" },
};

const newCase = (who: string, what: string, allowed: boolean, request: Request): Case => ({
  name: `${who} ${allowed ? "may" : "may not"} ${what}`,
  principal: principals[who] ?? { role: who, session: "session" },
  request,
  allowed,
});

/** What an attacker would send: to become the parameter's reader, or to replace its value. */
const sent: Record<string, Request["context"]> = {
  "ssm:AddTagsToResource": { "aws:RequestTag/reader": reader("A"), "aws:TagKeys": ["reader"] },
  "ssm:RemoveTagsFromResource": { "aws:TagKeys": ["reader"] },
  "ssm:PutParameter": { "ssm:Overwrite": "true" },
};
/** Parameter Store has no tags to show for these: it authorises the path, or the creation. */
const withoutTags = ["ssm:GetParametersByPath", "ssm:PutParameter"];

const onParameters: Case[] = whoOfSecrets.flatMap((who) =>
  parameterActions.flatMap((action) =>
    Object.entries(parameters).map(([name, { arn, tags }]) =>
      newCase(who, `${action} ${name}`, allowedOnParameters[who]?.[action]?.includes(name) ?? false, {
        action,
        resource: arn,
        context: {
          ...sent[action],
          ...(withoutTags.includes(action) ? {} : prefixed("aws:ResourceTag", tags)),
        },
      }),
    ),
  ),
);

const keyContext = ({ via, parameter: name }: { via?: string; parameter?: string }) => ({
  ...(via && { "kms:ViaService": `${via}.${region}.amazonaws.com` }),
  ...(name && { "kms:EncryptionContext:PARAMETER_ARN": parameter(name).arn }),
});

const onKeys: Case[] = whoOfSecrets.flatMap((who) =>
  Object.entries(keys).flatMap(([keyName, resource]) =>
    keyActions.flatMap((action) =>
      Object.entries(keyUses).map(([use, about]) => {
        const listed = allowedOnKeys[who]?.[action]?.includes(use) ?? false;
        const allowed = listed && keyName === "the parameters' key";
        const request = { action, resource, context: keyContext(about) };
        return newCase(who, `${action} with ${keyName} ${use}`, allowed, request);
      }),
    ),
  ),
);

/** Every role against every power: those that the table does not name must not have it. */
const onPowers = (roles: string[]): Case[] =>
  Object.entries(powers).flatMap(([what, { roles: granted, ...request }]) =>
    roles.map((role) => newCase(role, what, granted.includes(role), request)),
  );

export const casesFor = (roles: string[]): Case[] => [...onParameters, ...onKeys, ...onPowers(roles)];

/** Names of the cases that the stage does not fulfil. */
export async function unfulfilled(stage: StagePolicies, cases: readonly Case[]): Promise<string[]> {
  const judged = await Promise.all(
    cases.map(async ({ name, principal, request, allowed }) => ({
      name,
      fulfilled: (await isAllowed(stage, principal, request)) === allowed,
    })),
  );
  return judged.filter(({ fulfilled }) => !fulfilled).map(({ name }) => name);
}
