// The command behind `npm run promote`: what it connects to, says and writes. Its rules are in promotion.ts.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { images } from "../../core/aws/images.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { configDirectory, loadConfig } from "../../lib/config/load-config.ts";
import { editTenantImage } from "./edit-tenant-image.ts";
import { imageBuilds } from "./image-builds.ts";
import { imageParameters } from "./image-parameters.ts";
import { type PromotionDeps, planPromotion, promote } from "./promotion.ts";

const usage = "Say from which stage to which: npm run promote -- staging production [--dry-run]";

/** @throws OperatorError that says why nothing was promoted */
export async function promoteCommand(
  args: string[],
  say: (line: string) => void,
  directory = configDirectory,
): Promise<void> {
  const options = { "dry-run": { type: "boolean", default: false } } as const;
  const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
  const [from, to, ...more] = positionals;
  if (!from || !to || more.length > 0) throw new OperatorError(usage);
  const [source, target] = [loadConfig(from, directory), loadConfig(to, directory)];
  const deps = await connect(source.region);
  const plan = await planPromotion(source, target, deps);
  const { amiParameter, tenantImage } = target.machine;
  say(`${amiParameter}: ${plan.previousId ?? "nothing"} -> ${plan.imageId}`);
  say(`config/${to}.json machine.tenantImage: ${tenantImage} -> ${plan.tenantImage}`);
  if (values["dry-run"]) {
    say("Dry run: nothing was changed.");
    return;
  }
  await promote(plan, target, deps);
  if (plan.tenantImage !== tenantImage)
    editTenantImage(join(directory, `${to}.json`), tenantImage, plan.tenantImage);
  say(`Promoted. New machines start from it after: npm run deploy -- ${to}`);
}

async function connect(region: string): Promise<PromotionDeps> {
  const ssm = new SSMClient({ region });
  const credentials = await ssm.config.credentials().catch((cause) => {
    throw new OperatorError(`No AWS credentials were found (${cause.message}): log in, or set AWS_PROFILE.`);
  });
  const { Account = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  const endpoint = process.env.AWS_ENDPOINT_URL_IMAGEBUILDER;
  return {
    account: Account,
    parameters: imageParameters(ssm),
    images: images(new EC2Client({ region })),
    builds: imageBuilds({ region, credentials, endpoint }),
  };
}
