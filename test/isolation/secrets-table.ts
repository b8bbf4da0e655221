// Who may do what to which parameter, and to which key. All that is not listed as allowed is denied, and every
// combination of the words below is a case.

export const whoOfSecrets = [
  "machine A",
  "machine B",
  "a machine without a tenant",
  "the admin-token reader",
];

export const parameterActions = [
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:GetParameterHistory",
  "ssm:GetParametersByPath",
  "ssm:PutParameter",
  "ssm:DeleteParameter",
  "ssm:DeleteParameters",
  "ssm:LabelParameterVersion",
  "ssm:UnlabelParameterVersion",
  "ssm:AddTagsToResource",
  "ssm:RemoveTagsFromResource",
  "ssm:ListTagsForResource",
];

/** Which machine may read is decided by the parameter's `reader` tag; nobody below may write that tag. */
export const allowedOnParameters: Record<string, Record<string, string[]>> = {
  "machine A": {
    "ssm:GetParameter": ["A's tunnel token", "A's admin token", "A's database password"],
  },
  "machine B": {
    "ssm:GetParameter": ["B's tunnel token", "B's admin token", "B's database password"],
  },
  "a machine without a tenant": {
    // It was A's before A was deleted and created again.
    "ssm:GetParameter": [
      "A's earlier tunnel token",
      "A's earlier admin token",
      "A's earlier database password",
    ],
  },
  "the admin-token reader": {
    "ssm:GetParameter": [
      "A's admin token",
      "B's admin token",
      "a new tenant's admin token",
      "A's earlier admin token",
    ],
  },
};

export const keyActions = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:ReEncryptFrom",
  "kms:CreateGrant",
];

/** How a request comes to KMS: by which service, if any, and with which parameter in its encryption context. */
export const keyUses: Record<string, { via?: string; parameter?: string }> = {
  "through Parameter Store for A's admin token": { via: "ssm", parameter: "A's admin token" },
  "through Parameter Store for A's tunnel token": { via: "ssm", parameter: "A's tunnel token" },
  "through Parameter Store for B's admin token": { via: "ssm", parameter: "B's admin token" },
  "through Parameter Store for staging's admin token": {
    via: "ssm",
    parameter: "staging's admin token, tagged for A",
  },
  "through Parameter Store for the Cloudflare API token": {
    via: "ssm",
    parameter: "the Cloudflare API token, tagged for A",
  },
  "through Parameter Store without a context": { via: "ssm" },
  "through another service for A's admin token": { via: "secretsmanager", parameter: "A's admin token" },
  "directly with the context of A's admin token": { parameter: "A's admin token" },
  "directly without a context": {},
};

/**
 * With the parameters' key only. KMS lets machine A through for B's secrets, because it cannot see tags: Parameter
 * Store asks it only after it has itself allowed machine A to read the parameter, which the cases above deny.
 */
const throughParameterStore = [
  "through Parameter Store for A's admin token",
  "through Parameter Store for B's admin token",
];
export const allowedOnKeys: Record<string, Record<string, string[]>> = {
  "machine A": { "kms:Decrypt": [...throughParameterStore, "through Parameter Store for A's tunnel token"] },
  "machine B": { "kms:Decrypt": [...throughParameterStore, "through Parameter Store for A's tunnel token"] },
  "a machine without a tenant": {
    "kms:Decrypt": [...throughParameterStore, "through Parameter Store for A's tunnel token"],
  },
  "the admin-token reader": { "kms:Decrypt": throughParameterStore },
};
