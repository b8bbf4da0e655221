// Commands on their way to machines and back: each invocation is tried until its machine's agent takes it, the time in
// which it may start is over, or the instance is gone.
import type { Machine } from "../machine/machine.ts";
import type { CommandNews, CommandResult } from "../machine/messages.ts";
import type { Script } from "./document-content.ts";

/** Run Command is eventually consistent: an invocation cannot be read at once, and is delivered a moment later too. */
const pollEveryMs = 200;

/** How the agent says that a script was killed, most of all by itself after `timeoutSeconds`. */
const killedExitCode = 137;

export interface Order {
  commandId: string;
  instanceId: string;
  documentName: string;
  documentVersion: string;
  /** the document's one step */
  stepName: string;
  comment: string;
  script: Script;
  requestedAt: number;
  /** epoch ms; it does not start later */
  startBefore: number;
  /** epoch ms; it is given up then, in whatever state: the time to start and the time to run, added up */
  expiresAt: number;
}

/** "Understanding command statuses", Systems Manager User Guide. */
export interface Status {
  status: "Pending" | "InProgress" | "Success" | "Failed" | "TimedOut";
  /** where it says more than the status */
  details?: "Undeliverable" | "DeliveryTimedOut" | "ExecutionTimedOut";
}

export interface Invocation extends Status {
  order: Order;
  startedAt?: number;
  endedAt?: number;
  result?: CommandResult;
}

export interface CommandsDeps {
  /** the instance's machine, if one runs */
  machineOf: (instanceId: string) => Pick<Machine, "run"> | undefined;
  /** whether the instance is terminated, or soon will be */
  isGone: (instanceId: string) => boolean;
}

const isOver = ({ status }: Invocation): boolean => status !== "Pending" && status !== "InProgress";

const statusAfter = ({ exitCode }: CommandResult): Status => {
  if (exitCode === killedExitCode) return { status: "TimedOut", details: "ExecutionTimedOut" };
  return { status: exitCode === 0 ? "Success" : "Failed" };
};

export class Commands {
  readonly #deps: CommandsDeps;
  readonly #invocations = new Map<string, Invocation>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  /** Answers at once; what becomes of it is read with `find`. */
  send(order: Order): void {
    const invocation: Invocation = { order, status: "Pending" };
    const tried = new Set<object>();
    const timer = setInterval(() => {
      this.#invocations.set(keyOf(order), invocation);
      this.#attend(invocation, tried);
      if (!isOver(invocation)) return;
      clearInterval(timer);
      this.#timers.delete(timer);
    }, pollEveryMs);
    this.#timers.add(timer);
  }

  find = (commandId: string, instanceId: string): Invocation | undefined =>
    this.#invocations.get(keyOf({ commandId, instanceId }));

  list = (): Invocation[] => [...this.#invocations.values()];

  /** Forgets all of them; scripts that run are left to run. */
  clear(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    this.#invocations.clear();
  }

  /** @param tried the machines that were handed it: one that was booted since then has not heard of it */
  #attend(invocation: Invocation, tried: Set<object>): void {
    const { instanceId, startBefore } = invocation.order;
    const givenUp = this.#givenUp(invocation);
    if (givenUp) end(invocation, givenUp);
    if (invocation.status !== "Pending" || Date.now() >= startBefore) return;
    const machine = this.#deps.machineOf(instanceId);
    if (!machine || tried.has(machine)) return;
    tried.add(machine);
    deliver(invocation, machine);
  }

  #givenUp({ order, status }: Invocation): Status | undefined {
    if (Date.now() >= order.expiresAt) return { status: "TimedOut", details: "DeliveryTimedOut" };
    const isLost = status === "Pending" && this.#deps.isGone(order.instanceId);
    return isLost ? { status: "Failed", details: "Undeliverable" } : undefined;
  }
}

const keyOf = ({ commandId, instanceId }: Pick<Order, "commandId" | "instanceId">): string =>
  `${commandId} ${instanceId}`;

const end = (invocation: Invocation, status: Status): void => {
  Object.assign(invocation, status, { endedAt: Date.now() });
};

const deliver = (invocation: Invocation, machine: Pick<Machine, "run">): void => {
  const { commandId: id, script, startBefore } = invocation.order;
  machine.run({ id, ...script, startBefore }, (news: CommandNews) => {
    if (isOver(invocation)) return;
    if (news === "started") {
      invocation.status = "InProgress";
      invocation.startedAt = Date.now();
    } else {
      invocation.result = news;
      end(invocation, statusAfter(news));
    }
  });
};
