// Changes one value of a configuration file and leaves the rest of the text as its owner wrote it.
import { readFileSync, writeFileSync } from "node:fs";
import { OperatorError } from "../../core/operator-error.ts";

export const editTenantImage = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, "utf8");
  const [before, after, ...more] = text.split(JSON.stringify(from));
  if (before === undefined || after === undefined || more.length > 0)
    throw new OperatorError(
      `${file} does not name ${from} exactly once: set machine.tenantImage to ${to} by hand.`,
    );
  writeFileSync(file, `${before}${JSON.stringify(to)}${after}`);
};
