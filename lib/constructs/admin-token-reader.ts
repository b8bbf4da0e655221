// The one role besides a tenant's own machine that may read the tenant's admin token: operators, and the company's
// app, are let into it by their own policies, and CloudTrail shows each time that one was.

import { AccountRootPrincipal, Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { stageName } from "../../core/stage-names.ts";
import type { Config } from "../config/config.ts";
import { grant } from "../permissions/permission.ts";
import { readAdminTokens } from "../permissions/task-permissions.ts";

export interface AdminTokenReaderProps {
  config: Config;
  /** Of the tenants' SecureStrings. */
  parameterKey: IKey;
}

export class AdminTokenReader extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { config, parameterKey }: AdminTokenReaderProps) {
    super(scope, id);
    this.role = new Role(this, "Role", {
      roleName: stageName(config.stage, "admin-token-reader"),
      description: "Reads tenants' admin tokens. Assumable by those of this account whose policy names it.",
      // Of the account, not of everybody in it: a principal's own policy must allow sts:AssumeRole on this role.
      assumedBy: new AccountRootPrincipal(),
    });
    grant(this, this.role, readAdminTokens(config, parameterKey));
  }
}
