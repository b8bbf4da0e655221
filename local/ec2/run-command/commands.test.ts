import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CommandNews, ShellCommand } from "../machine/messages.ts";
import { Commands, type Invocation } from "./commands.ts";

/** An agent that takes what it is handed, or leaves it lying. */
class StandInMachine {
  readonly taken: ShellCommand[] = [];
  report: (news: CommandNews) => void = () => undefined;
  run(command: ShellCommand, listener: (news: CommandNews) => void): void {
    this.taken.push(command);
    this.report = listener;
  }
}

const second = 1_000;
const done = { exitCode: 0, stdout: "done\n", stderr: "" };

let commands: Commands;
let machine: StandInMachine | undefined;
let isGone: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  machine = new StandInMachine();
  isGone = false;
  commands = new Commands({ machineOf: () => machine, isGone: () => isGone });
});
afterEach(() => {
  commands.clear();
  vi.useRealTimers();
});

/** With 30 s to start, and 60 s to run. */
const send = (): void => {
  commands.send({
    commandId: "command",
    instanceId: "i-0",
    comment: "",
    stepName: "run",
    documentName: "document",
    documentVersion: "1",
    script: { text: "true", timeoutSeconds: 60 },
    requestedAt: Date.now(),
    startBefore: Date.now() + 30 * second,
    expiresAt: Date.now() + 90 * second,
  });
};

const found = (): Invocation | undefined => commands.find("command", "i-0");

test("an invocation cannot be read in the moment of its command, and is there soon after", async () => {
  send();
  const atOnce = found();

  await vi.advanceTimersByTimeAsync(second);

  expect(atOnce).toBeUndefined();
  expect(found()?.status).toBe("Pending");
});

test("is pending until the agent takes it, in progress until it ends, and then what it ended with", async () => {
  send();
  await vi.advanceTimersByTimeAsync(second);

  machine?.report("started");
  const running = found()?.status;
  machine?.report(done);

  expect(running).toBe("InProgress");
  expect(found()).toMatchObject({ status: "Success", result: done });
});

test("a machine is handed it once; the one that is booted next is handed it again while it has not started", async () => {
  send();
  await vi.advanceTimersByTimeAsync(5 * second);
  const first = machine;
  machine = undefined;
  await vi.advanceTimersByTimeAsync(5 * second);
  machine = new StandInMachine();
  await vi.advanceTimersByTimeAsync(5 * second);

  expect(first?.taken).toHaveLength(1);
  expect(machine.taken).toHaveLength(1);
});

test("what no agent has taken in its time to start never starts, and is given up when its time to run is over too", async () => {
  machine = undefined;
  send();
  await vi.advanceTimersByTimeAsync(31 * second);
  machine = new StandInMachine();
  await vi.advanceTimersByTimeAsync(58 * second);
  const before = found()?.status;
  await vi.advanceTimersByTimeAsync(2 * second);

  expect(machine.taken).toEqual([]);
  expect(before).toBe("Pending");
  expect(found()).toMatchObject({ status: "TimedOut", details: "DeliveryTimedOut" });
});

test("what has started on a machine that then fell silent is given up at the same time", async () => {
  send();
  await vi.advanceTimersByTimeAsync(second);
  machine?.report("started");

  await vi.advanceTimersByTimeAsync(90 * second);
  machine?.report(done);

  expect(found()).toMatchObject({ status: "TimedOut", details: "DeliveryTimedOut" });
});

test("what waits for an instance that is terminated cannot be delivered", async () => {
  machine = undefined;
  send();
  await vi.advanceTimersByTimeAsync(second);

  isGone = true;
  await vi.advanceTimersByTimeAsync(second);

  expect(found()).toMatchObject({ status: "Failed", details: "Undeliverable" });
});
