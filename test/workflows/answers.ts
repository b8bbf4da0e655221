// What each task answers in a workflow under test, unless the test's script says otherwise: a fixture that answers what
// its task does not is a type error.
import type { AnswerOf, TaskName } from "../../lambdas/tasks.ts";
import { surveyOf } from "../support/sample-surveys.ts";

export type Answers = { readonly [Name in TaskName]: AnswerOf<Name> };

const at = "2026-11-22T12:00:00.000Z";
const healthy = { healthy: 50, degraded: 0, down: 0, starting: 0, unknown: 0 };

export const answers: Answers = {
  "survey-fleet": surveyOf(),
  "judge-fleet": { ordered: [], waiting: 0, counts: healthy, repairing: 0, degraded: 0, strays: [] },
  "resume-work": { resumed: [], failed: [], stopped: [] },
  "diagnose-tenant": {
    finding: "connector",
    reason: "no connector of its tunnel is connected.",
    rungs: ["restart-connector", "reboot-instance", "replace-instance"],
    instanceId: "i-1",
    replaces: ["i-1"],
  },
  "correct-route": { outcome: "done", detail: "the DNS record was made anew" },
  "correct-machine": { outcome: "done", detail: "tags were put back" },
  "correct-secrets": { outcome: "done", detail: "a parameter was made anew" },
  "restart-unit": { outcome: "done", detail: "restarted" },
  "start-instance": { outcome: "done", detail: "started" },
  "reboot-instance": { outcome: "done", detail: "rebooted" },
  "stop-instance": { stopped: ["i-1"] },
  "snapshot-data-volume": { snapshotId: "snap-1" },
  "move-data-volume": { volumeId: "vol-1" },
  "retire-instance": { retired: ["i-1"] },
  "read-console": { lastWords: ["health failed: it does not answer"] },
  "verify-repair": {
    healthy: true,
    evidence: "200",
    known: true,
    elsewhere: false,
    summary: "restart-connector (done): 200",
  },
  "finish-repair": { status: "ready" },
  "create-tunnel": { tunnelId: "a-tunnel" },
  "launch-instance": { instanceId: "i-1", availabilityZone: "eu-central-1a" },
  "create-data-volume": { volumeId: "vol-1" },
  "create-secrets": { parameters: ["/a/name"] },
  "grant-secrets": { parameters: ["/a/name"] },
  "create-dns-record": { recordId: "record-1" },
  "probe-tenant": { elapsedMs: 1_000 },
  "await-running-workflows": { ended: true },
  "mark-failed": { marked: true },
  "delete-dns-record": { deleted: [{ kind: "dns-record", id: "record-1" }] },
  "delete-instance": { deleted: [{ kind: "instance", id: "i-1" }] },
  "delete-data-volume": { deleted: [] },
  "delete-tunnel": { deleted: [{ kind: "tunnel", id: "a-tunnel" }] },
  "delete-secrets": { deleted: [{ kind: "secret", id: "/a/name" }] },
  "verify-removal": { resources: [{ kind: "tunnel", id: "a-tunnel", seenAbsentAt: at }], kept: [] },
};
