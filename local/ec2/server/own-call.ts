// A call that is answered here, whichever API it came by: recorded, authorised, and failing where tests ask for it.
import type { Need } from "../authorisation/needs.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log } from "../machine/log-file.ts";
import { Ec2Error } from "../protocol/errors.ts";
import type { Call, Calls, Service } from "./calls.ts";

export interface OwnCall<Answer> {
  service: Service;
  action: string;
  /** the caller's app id */
  app: string | undefined;
  /** as they were sent */
  parameters: string;
  /** @returns what the call needs. @throws Ec2Error if the caller may not make it */
  authorise: () => Promise<Need[]>;
  run: () => Promise<Answer>;
}

interface MiniStackReads {
  calls: Calls;
  faults: Faults;
  log: Log;
}

/** @throws Ec2Error and nothing else */
export const perform = async <Answer>(
  { calls, faults, log }: MiniStackReads,
  { service, action, app, parameters, authorise, run }: OwnCall<Answer>,
): Promise<Answer> => {
  const at = new Date().toISOString();
  const record: Call = { at, service, action, app, needs: [], error: undefined };
  calls.add(record);
  try {
    record.needs = await authorise();
    faults.strike(action, "before", { parameters });
    const answer = await run();
    faults.strike(action, "after", { parameters });
    return answer;
  } catch (thrown) {
    const error = asEc2Error(thrown, log, action);
    record.error = error.code;
    throw error;
  }
};

const asEc2Error = (error: unknown, log: Log, action: string): Ec2Error => {
  if (error instanceof Ec2Error) return error;
  log("an action failed", { action, error });
  const reason = error instanceof Error ? error.message : String(error);
  return new Ec2Error("InternalError", `An internal error has occurred in local/ec2: ${reason}`, 500);
};
