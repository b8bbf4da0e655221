import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { beforeAll, describe, expect, it } from "vitest";
import { awsAdmin } from "../../local/aws/admin-client.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { type Executions, executions } from "./executions.ts";

const waiting = {
  StartAt: "Wait",
  States: { Wait: { Type: "Wait", Seconds: 60, End: true } },
};
const passing = { StartAt: "Pass", States: { Pass: { Type: "Pass", End: true } } };

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("executions of a workflow", () => {
  let aws: TestAccount;
  let sfn: SFNClient;
  let subject: Executions;
  let roleArn: string;

  beforeAll(async () => {
    aws = newTestAccount();
    sfn = new SFNClient(aws.client);
    subject = executions(sfn);
    const create = new CreateRoleCommand({ RoleName: "workflow", AssumeRolePolicyDocument: trust });
    roleArn = (await new IAMClient(aws.client).send(create)).Role?.Arn ?? "";
  });

  const workflow = async (name: string, definition: object): Promise<string> => {
    const command = { name, roleArn, definition: JSON.stringify(definition) };
    return (await sfn.send(new CreateStateMachineCommand(command))).stateMachineArn ?? "";
  };

  it("finds none that was never started", async () => {
    const arn = await workflow("never", passing);

    expect(await subject.find(arn, "acme")).toBeUndefined();
  });

  it("does not find one that runs and is not shown yet", async () => {
    const arn = await workflow("late", waiting);
    const admin = awsAdmin(aws.client.endpoint);
    await admin.showExecutionsAfter({ named: "late-acme", shownAfterSeconds: 600 });
    await subject.start(arn, "late-acme", {});

    const early = await subject.find(arn, "late-acme");
    await admin.showExecutionsAfter({ named: "late-acme", shownAfterSeconds: 0 });
    const later = await subject.find(arn, "late-acme");

    expect([early, later?.state]).toEqual([undefined, "running"]);
  });

  it("finds one that runs, and one that was stopped as cut short", async () => {
    const arn = await workflow("waiting", waiting);
    const before = Date.now();

    await subject.start(arn, "acme", {});
    const running = await subject.find(arn, "acme");
    await subject.stop(arn, "acme", "TenantSupersededError", "the tenant is being removed");
    const stopped = await subject.find(arn, "acme");

    expect(running?.state).toBe("running");
    expect(running?.startedAt).toBeGreaterThan(before - 2_000);
    expect(stopped?.state).toBe("cut-short");
    expect(stopped?.stoppedAt).toBeGreaterThan(before - 2_000);
  });

  it("counts a name that was used before as started", async () => {
    const arn = await workflow("passing", passing);
    await subject.start(arn, "acme", { generation: "G1" });
    await expect.poll(async () => (await subject.find(arn, "acme"))?.state).toBe("ended");

    await subject.start(arn, "acme", { generation: "G1" });

    expect((await subject.find(arn, "acme"))?.state).toBe("ended");
  });
});
