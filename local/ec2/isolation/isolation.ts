// How machines are kept apart: what a machine is given to run in, whichever way this computer allows.
import type { Instance } from "../world/model.ts";

export type IsolationMode = "namespace" | "process";

/** Where one running machine is. */
export interface Place {
  /** name of its network namespace, as in `ip netns exec <name> …`; undefined in process mode */
  namespace?: string;
  /** how a program is started there */
  enter: (command: string[]) => string[];
  /** where its metadata service listens */
  metadata: Address;
  /** of its programs, on its own loopback */
  ports: { app: number; front: number; metrics: number; systemctl: number };
  /** the AWS endpoint as the machine sees it */
  awsUrl: string;
  /** host:port of the edge's tunnel listener as the machine sees it */
  edgeAddress: string;
  /** Enforces the rules of the groups that the instance is in now; what is connected stays so, as on EC2. */
  changeGroups: (instance: Instance) => Promise<void>;
  /** Gives the place back, with all that still runs in it; safe to call again. */
  leave: () => Promise<void>;
}

export interface Address {
  host: string;
  port: number;
}

export interface Isolation {
  mode: IsolationMode;
  /** why this mode, in words for the person at the terminal */
  reason: string;
  /** @throws Error if the place cannot be made: then nothing of it is left */
  place: (instance: Instance) => Promise<Place>;
  close: () => Promise<void>;
}

/** The stage's servers that machines may reach, all on this computer's loopback. */
export interface Servers {
  awsUrl: string;
  edgeAddress: string;
}
