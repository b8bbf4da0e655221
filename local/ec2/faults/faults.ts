// Failures that tests ask for: an action answers an error of EC2's, before or after it took effect.
import * as z from "zod";
import { Ec2Error } from "../protocol/errors.ts";

const order = z.strictObject({
  action: z.string(),
  /** An error code such as `InsufficientInstanceCapacity` or `RequestLimitExceeded`. */
  code: z.string(),
  /** SDKs repeat a call that failed with 500 or 503 by themselves: each repetition counts as a call. */
  status: z.int().min(400).max(599).default(500),
  /** Only RunInstances has a place: the fault strikes only there. */
  subnetId: z.string().optional(),
  availabilityZone: z.string().optional(),
  /** The fault strikes only calls whose parameters hold this: a slug, an id. Not with a place. */
  about: z.string().min(1).optional(),
  /** How many calls fail; all of them without it. */
  times: z.int().positive().optional(),
  /** `after`: the action takes effect, but its answer is lost. */
  when: z.enum(["before", "after"]).default("before"),
});

export const fault = order.refine(({ about, ...one }) => about === undefined || !hasPlace(one), {
  path: ["about"],
  error: "a fault is about a place (subnetId, availabilityZone) or about what the parameters hold, not both",
});
export type FaultInput = z.input<typeof fault>;
type Fault = z.output<typeof order>;

/** Of the call that may be struck: where it would act, or else all that was sent. */
export type Struck = { place: Place } | { parameters: string };

interface Place {
  subnetId: string;
  availabilityZone: string;
}

const hasPlace = ({ subnetId, availabilityZone }: Omit<Fault, "about">): boolean =>
  Boolean(subnetId ?? availabilityZone);

const concerns = (fault: Fault, struck: Struck): boolean => {
  if ("parameters" in struck) return !hasPlace(fault) && struck.parameters.includes(fault.about ?? "");
  const { place } = struck;
  const { subnetId = place.subnetId, availabilityZone = place.availabilityZone } = fault;
  return hasPlace(fault) && subnetId === place.subnetId && availabilityZone === place.availabilityZone;
};

export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  /** @throws Ec2Error the first fault that was asked for this call */
  strike(action: string, when: Fault["when"], struck: Struck): void {
    const found = this.#faults.find(
      (one) => one.action === action && one.when === when && concerns(one, struck),
    );
    if (!found) return;
    if (found.times !== undefined) found.times -= 1;
    if (found.times === 0) this.#faults = this.#faults.filter((one) => one !== found);
    throw new Ec2Error(
      found.code,
      `${found.code}: injected into ${action} by a test (local/ec2)`,
      found.status,
    );
  }
}
