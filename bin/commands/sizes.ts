// `warren sizes`: what each Lambda weighs.
import { Command } from "@commander-js/extra-typings";
import { operatorOf, printJson, type Session } from "../session.ts";

export const sizesCommand = (session: Session) =>
  new Command("sizes")
    .description("bundles the Lambdas, and says how large each bundle is")
    .option("--json", "the result as JSON, in bytes")
    .action(async ({ json }) => {
      const sizes = await measure();
      if (json) return printJson(session, sizes);
      const { say } = operatorOf(session, {});
      for (const [name, bytes] of Object.entries(sizes.bytes)) say(lineOf(name, bytes));
      say(lineOf("all", sizes.total));
      say(`bundled in ${sizes.seconds.toFixed(1)} s`);
    });

interface Sizes {
  /** By the Lambda's name. */
  bytes: Record<string, number>;
  total: number;
  seconds: number;
}

const measure = async (): Promise<Sizes> => {
  const started = performance.now();
  const { withBundles } = await import("../../lib/bundle.ts");
  const bytes = Object.fromEntries(await withBundles((bundles) => bundles.bytes));
  const total = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  return { bytes, total, seconds: Math.round(performance.now() - started) / 1000 };
};

const lineOf = (name: string, bytes: number): string =>
  `${name.padEnd(22)}${(bytes / 1024).toFixed(0).padStart(6)} KiB`;
