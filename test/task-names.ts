// The tasks of each workflow, spelt out: what the tests expect must not follow from what they test.
export const provisionTasks = [
  "create-tunnel",
  "launch-instance",
  "create-data-volume",
  "create-secrets",
  "grant-secrets",
  "create-dns-record",
  "probe-tenant",
] as const;
export const deprovisionTasks = [
  "settle-provision",
  "delete-dns-record",
  "delete-instance",
  "delete-data-volume",
  "delete-tunnel",
  "delete-secrets",
  "verify-gone",
] as const;
