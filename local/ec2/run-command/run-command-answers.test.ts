import { StopInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeInstanceInformationCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  commandResult,
  createDocument,
  restartUnit,
  script,
  sendCommand,
} from "../../../test/support/ec2/test-documents.ts";
import { makeTemplate, templateData, untilState } from "../../../test/support/ec2/test-ec2.ts";
import { running, TestMachines } from "../../../test/support/ec2/test-machines.ts";

const restart = "warren-test-restart-unit";
const restartOf = (unit: string) => ({ DocumentName: restart, Parameters: { unit: [unit] } });

let machines: TestMachines;
let stage: TestMachines["stage"];
let ssm: SSMClient;
let instanceId: string;

beforeAll(async () => {
  // Nobody gives these machines a secret: their boot need not wait for it.
  machines = await TestMachines.start("process", { BOOT_DEADLINE_SECONDS: "0" });
  stage = machines.stage;
  ssm = new SSMClient(stage.access);
  await createDocument(ssm, restart, restartUnit);
  instanceId = await machines.launch("acme");
  await untilState(stage.client, instanceId, "running");
});
afterAll(() => stage.close());

const run = async (lines: string[], timeoutSeconds?: number) => {
  const DocumentName = `script-${crypto.randomUUID()}`;
  await createDocument(ssm, DocumentName, script(lines, timeoutSeconds));
  return commandResult(ssm, instanceId, { DocumentName, Parameters: { word: ["hello"] } });
};

test("says what a failed command printed, and its exit code", async () => {
  const answer = await run(["echo {{ word }}", "echo to errors >&2", "exit 3"]);

  expect(answer).toMatchObject({
    Status: "Failed",
    StatusDetails: "Failed",
    ResponseCode: 3,
    StandardOutputContent: "hello\n",
    StandardErrorContent: "to errors\nfailed to run commands: exit status 3",
  });
});

test("goes on after a line that fails: the last one's exit code counts, as on AWS", async () => {
  expect(await run(["false", "true"])).toMatchObject({ Status: "Success", ResponseCode: 0 });
});

test("answers the beginning of a long output", async () => {
  const answer = await run([
    "head -c 100000 /dev/zero | tr '\\0' x",
    "tr '\\0' y </dev/zero | head -c 9000 >&2",
  ]);

  expect(answer.StandardOutputContent).toBe("x".repeat(24_000));
  expect(answer.StandardErrorContent).toBe("y".repeat(8_000));
});

test("kills a command when its time is over, with what it started", async () => {
  const answer = await run(["echo $$", "sleep 60 & echo $!", "wait"], 5);

  expect(answer).toMatchObject({
    Status: "TimedOut",
    StatusDetails: "ExecutionTimedOut",
    ResponseCode: 137,
  });
  const pids = (answer.StandardOutputContent ?? "").split("\n").filter(Boolean).map(Number);
  expect(pids).toHaveLength(2);
  await expect.poll(() => running(...pids)).toEqual([]);
});

test.each([
  ["an instance that there is not", { InstanceIds: ["i-0123456789abcdef0"] }, "InvalidInstanceId"],
  ["a document that there is not", { DocumentName: "warren-test-other" }, "InvalidDocument"],
  ["a version that there is not", { DocumentVersion: "7" }, "InvalidDocumentVersion"],
  ["a value that is not allowed", { Parameters: { unit: ["sshd"] } }, "InvalidParameters"],
  ["less than 30 seconds to start", { TimeoutSeconds: 29 }, "ValidationException"],
])("refuses %s", async (_, wrong, name) => {
  const sent = sendCommand(ssm, { InstanceIds: [instanceId], ...restartOf("warren-app"), ...wrong });

  await expect(sent).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

test("refuses an instance that does not run, not yet or no longer", async () => {
  const stopped = await machines.launch("stopped");
  const early = sendCommand(ssm, { InstanceIds: [stopped], ...restartOf("warren-app") });
  await expect(early).rejects.toMatchObject({ name: "InvalidInstanceId" });
  await untilState(stage.client, stopped, "running");

  await stage.client.send(new StopInstancesCommand({ InstanceIds: [stopped] }));
  await untilState(stage.client, stopped, "stopped");

  const late = sendCommand(ssm, { InstanceIds: [stopped], ...restartOf("warren-app") });
  await expect(late).rejects.toThrow(`Instances [[${stopped}]] not in a valid state`);
});

test("refuses an instance whose agent has no role to register with", async () => {
  const { IamInstanceProfile: _, ...data } = templateData(stage.network, stage.roleName);
  const template = await makeTemplate(stage.client, "without-profile", data);
  const nobody = await machines.launch("nobody", template);
  await untilState(stage.client, nobody, "running");

  const sent = sendCommand(ssm, { InstanceIds: [nobody], ...restartOf("warren-app") });

  await expect(sent).rejects.toMatchObject({ name: "InvalidInstanceId" });
});

test("knows whose agents answer", async () => {
  const other = await machines.launch("other");
  await untilState(stage.client, other, "running");
  await stage.client.send(new StopInstancesCommand({ InstanceIds: [other] }));
  await vi.waitUntil(() => machines.find(other) === undefined, 10_000);
  const Filters = [{ Key: "InstanceIds", Values: [instanceId, other] }];

  const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters }));

  expect(InstanceInformationList).toHaveLength(2);
  expect(InstanceInformationList).toContainEqual(
    expect.objectContaining({ InstanceId: instanceId, PingStatus: "Online", PlatformType: "Linux" }),
  );
  expect(InstanceInformationList).toContainEqual(
    expect.objectContaining({ InstanceId: other, PingStatus: "ConnectionLost" }),
  );
});

test("fails where a test asks for it", async () => {
  await stage.admin.addFault({ action: "SendCommand", code: "ThrottlingException", status: 400, times: 1 });
  const impatient = new SSMClient({
    ...stage.access,
    maxAttempts: 1,
  });

  const sent = sendCommand(impatient, { InstanceIds: [instanceId], ...restartOf("warren-app") });

  await expect(sent).rejects.toMatchObject({ name: "ThrottlingException" });
});
