// The admin surface of a local EC2 that runs in another process.
import type { Delay } from "../faults/delays.ts";
import type { FaultInput } from "../faults/faults.ts";
import type { Impairment } from "../faults/impairments.ts";
import type { Showing } from "../faults/showings.ts";
import type { MachineReport } from "../machine/machine-manager.ts";
import type { Call } from "./calls.ts";

export interface Ec2Admin {
  /** the machines that run now */
  machines(): Promise<MachineReport[]>;
  calls(): Promise<Call[]>;
  clearCalls(): Promise<void>;
  addFault(fault: FaultInput): Promise<void>;
  clearFaults(): Promise<void>;
  /**
   * A shutdown, an application's start from the next boot on, or the copying of a snapshot takes as long; `clearDelays` ends what
   * waits, but for an application.
   */
  delay(order: Delay): Promise<void>;
  clearDelays(): Promise<void>;
  /** A status check of the instance fails until a reboot (`instance`) or a stop and start (both) cures it. */
  impair(impairment: Impairment): Promise<void>;
  clearImpairments(): Promise<void>;
  /** EC2's answers lack the instance, or its tags, until `showAll`. */
  show(showing: Showing): Promise<void>;
  showAll(): Promise<void>;
  /** ends all machines and forgets all resources */
  reset(): Promise<void>;
}

/** @param url of the local EC2, as in AWS_ENDPOINT_URL_EC2 */
export const ec2Admin = (url: string): Ec2Admin => {
  async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/_local/${path}`, {
      method,
      body: body ? JSON.stringify(body) : null,
    });
    if (!response.ok)
      throw new Error(`${method} /_local/${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    machines: () => send("GET", "machines"),
    calls: () => send("GET", "calls"),
    clearCalls: () => send("DELETE", "calls"),
    addFault: (fault) => send("POST", "faults", fault),
    clearFaults: () => send("DELETE", "faults"),
    delay: (order) => send("POST", "delays", order),
    clearDelays: () => send("DELETE", "delays"),
    impair: (impairment) => send("POST", "impairments", impairment),
    clearImpairments: () => send("DELETE", "impairments"),
    show: (order) => send("POST", "showings", order),
    showAll: () => send("DELETE", "showings"),
    reset: () => send("POST", "reset"),
  };
};
