import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stillClock } from "../../test/support/still-clock.ts";
import { CommandFailedError } from "../errors.ts";
import { runCommand } from "./run-command.ts";

type Answer = Record<string, unknown>;

const refused = (code: string): Answer => ({ __type: code, message: "no" });
const sent: Answer = { Command: { CommandId: "c-1" } };
const invocation = (Status: string, StatusDetails = Status, more: Answer = {}): Answer => ({
  CommandId: "c-1",
  InstanceId: "i-1",
  Status,
  StatusDetails,
  ...more,
});

/** Systems Manager as a list of answers to each of its calls, the last one for ever. */
describe("a restart by Run Command", () => {
  const asked: { call: string; body: Answer }[] = [];
  let answers: Record<string, Answer[]> = {};
  let server: http.Server;

  beforeEach(async () => {
    asked.length = 0;
    server = http.createServer(async (request, response) => {
      const body = JSON.parse((await request.toArray()).join("")) as Answer;
      const call = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const list = answers[call] ?? [];
      const answer = list[Math.min(asked.filter((one) => one.call === call).length, list.length - 1)] ?? {};
      asked.push({ call, body });
      response.writeHead("__type" in answer ? 400 : 200).end(JSON.stringify(answer));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const restart = (SendCommand: Answer, ...GetCommandInvocation: Answer[]) => {
    answers = { SendCommand: [SendCommand], GetCommandInvocation };
    const client = new SSMClient({
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "s" },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    const clock = stillClock();
    const startedAt = clock.now();
    const outcome = runCommand("restart-unit", { client, clock }).restart("i-1", "warren-connector");
    return { outcome, seconds: () => (clock.now() - startedAt) / 1000 };
  };

  it("runs the stage's document on the one machine, and waits for its end", async () => {
    const { outcome } = restart(
      sent,
      refused("InvocationDoesNotExist"),
      invocation("Pending"),
      invocation("InProgress"),
      invocation("Success"),
    );

    expect(await outcome).toBe("done");
    expect(asked[0]?.body).toEqual({
      DocumentName: "restart-unit",
      InstanceIds: ["i-1"],
      TimeoutSeconds: 30,
      Parameters: { unit: ["warren-connector"] },
    });
    expect(asked.slice(1).map(({ body }) => body)).toEqual(
      Array(4).fill({ CommandId: "c-1", InstanceId: "i-1" }),
    );
  });

  it.each([
    ["is not known to Systems Manager", refused("InvalidInstanceId"), invocation("Pending")],
    ["cannot be delivered to", sent, invocation("Failed", "Undeliverable")],
    ["does not take it in time", sent, invocation("TimedOut", "DeliveryTimedOut")],
    [
      "does not take it in time, in the reference's words",
      sent,
      invocation("TimedOut", "Delivery Timed Out"),
    ],
    ["was left out", sent, invocation("Cancelled", "Terminated")],
  ])("says of a machine that %s that it is unreachable", async (_, sending, answer) => {
    expect(await restart(sending, answer).outcome).toBe("unreachable");
  });

  it.each([["Pending"], ["Delayed"]])(
    "does not wait for a command that is %s after its time",
    async (state) => {
      const { outcome, seconds } = restart(sent, invocation(state));

      expect(await outcome).toBe("unreachable");
      expect(seconds()).toBeGreaterThan(30);
      expect(seconds()).toBeLessThan(40);
    },
  );

  it.each([
    [
      "fails",
      invocation("Failed", "Failed", {
        ResponseCode: 5,
        StandardErrorContent: "a\nUnit not found.\nfailed to run commands: exit status 5",
      }),
      "ended as Failed with exit code 5: «Unit not found.».",
    ],
    [
      "is killed after its time",
      invocation("TimedOut", "Execution Timed Out", { ResponseCode: 137, StandardOutputContent: "" }),
      "ended as Execution Timed Out with exit code 137.",
    ],
    ["is cancelled", invocation("Cancelled", "Cancelled", { ResponseCode: -1 }), "ended as Cancelled."],
  ])("fails when the restart %s, and says how it ended", async (_, answer, words) => {
    const { outcome } = restart(sent, invocation("InProgress"), answer);

    await expect(outcome).rejects.toBeInstanceOf(CommandFailedError);
    await expect(outcome).rejects.toThrow(`The restart of warren-connector on i-1 ${words}`);
  });

  it("tells nothing on that could be a secret", async () => {
    const token = Buffer.from(JSON.stringify({ a: "account", t: "tunnel", s: "secret" })).toString("base64");
    const { outcome } = restart(
      sent,
      invocation("Failed", "Failed", { ResponseCode: 1, StandardErrorContent: `bad token ${token}` }),
    );

    await expect(outcome).rejects.toThrow("exit code 1: «bad token …».");
  });

  it("gives up on a restart that never ends", async () => {
    const { outcome, seconds } = restart(sent, invocation("InProgress"));

    await expect(outcome).rejects.toThrow("has not ended after 125 s");
    expect(seconds()).toBeLessThan(130);
  });

  it("leaves what is refused for another reason to its caller", async () => {
    await expect(restart(refused("AccessDeniedException")).outcome).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});
