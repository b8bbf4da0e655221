// What `warren promote` connects to, says and writes; its rules are in promotion.ts.
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { images } from "../../core/aws/images.ts";
import { systemClock } from "../../core/clock.ts";
import { configDirectory, loadConfig } from "../../lib/config/load-config.ts";
import { signedIn } from "../credentials.ts";
import { confirmed, type Operator } from "../operator.ts";
import { editTenantImage } from "./edit-tenant-image.ts";
import { imageBuilds } from "./image-builds.ts";
import { imageParameters } from "./image-parameters.ts";
import { type PromotionDeps, planPromotion, promote } from "./promotion.ts";

export interface PromoteRequest {
  from: string;
  to: string;
  dryRun: boolean;
}

export interface Promoted {
  from: string;
  to: string;
  imageId: string;
  /** What the target's machines started from until now. */
  previousId?: string | undefined;
  parameter: string;
  tenantImage: string;
  previousTenantImage: string;
  /** False after a dry run. */
  changed: boolean;
}

/** @throws OperatorError that says why nothing was promoted */
export const runPromote = async (
  { from, to, dryRun }: PromoteRequest,
  operator: Operator,
  directory = configDirectory,
): Promise<Promoted> => {
  const { say } = operator;
  const [source, target] = [loadConfig(from, directory), loadConfig(to, directory)];
  const deps = await connect(source.region);
  const plan = await planPromotion(source, target, deps);
  const { amiParameter: parameter, tenantImage } = target.machine;
  say(`${parameter}: ${plan.previousId ?? "nothing"} -> ${plan.imageId}`);
  say(`config/${to}.json machine.tenantImage: ${tenantImage} -> ${plan.tenantImage}`);
  const promoted = { from, to, parameter, ...plan, previousTenantImage: tenantImage, changed: !dryRun };
  if (dryRun) {
    say("Dry run: nothing was changed.");
    return promoted;
  }
  await confirmed(operator, `Give this to ${to}?`);
  await promote(plan, target, deps);
  if (plan.tenantImage !== tenantImage)
    editTenantImage(join(directory, `${to}.json`), tenantImage, plan.tenantImage);
  say(`Promoted. New machines start from it after: npm run deploy -- ${to}`);
  return promoted;
};

const connect = async (region: string): Promise<PromotionDeps> => {
  const { account, credentials } = await signedIn(new STSClient({ region }));
  const endpoint = process.env.AWS_ENDPOINT_URL_IMAGEBUILDER;
  return {
    account,
    clock: systemClock,
    parameters: imageParameters(new SSMClient({ region })),
    images: images(new EC2Client({ region })),
    builds: imageBuilds({ region, credentials, endpoint }),
  };
};
