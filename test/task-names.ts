// The tasks of each workflow, spelt out: what the tests expect must not follow from what they test.
export const provisionTasks = [
  "create-tunnel",
  "launch-instance",
  "create-data-volume",
  "create-secrets",
  "grant-secrets",
  "create-dns-record",
  "probe-tenant",
  "mark-failed",
] as const;
export const deprovisionTasks = [
  "await-running-workflows",
  "delete-dns-record",
  "delete-instance",
  "delete-data-volume",
  "delete-tunnel",
  "delete-secrets",
  "verify-removal",
  "mark-failed",
] as const;
export const sweepTasks = ["survey-fleet", "judge-fleet", "resume-work"] as const;
/** Two of them are also provision-tenant's. */
export const repairTasks = [
  "diagnose-tenant",
  "restart-connector",
  "restart-application",
  "start-instance",
  "reboot-instance",
  "launch-instance",
  "stop-instance",
  "snapshot-data-volume",
  "move-data-volume",
  "grant-secrets",
  "retire-instance",
  "verify-repair",
  "finish-repair",
] as const;
