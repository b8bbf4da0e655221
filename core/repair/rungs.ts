// The ladder of a repair, from the smallest change to the largest: what the workflow's states do, by their names.

export const rungs = [
  "correct-route",
  "correct-secrets",
  "correct-machine",
  "restart-connector",
  "restart-front",
  "restart-application",
  "start-instance",
  "reboot-instance",
  "replace-instance",
] as const;
export type Rung = (typeof rungs)[number];
