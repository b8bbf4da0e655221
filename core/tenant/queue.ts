// The workflows that a tenant's row may wait for; how many repairs begin is the sweep's to decide.

export const queuedWorkflowNames = ["provision-tenant", "deprovision-tenant"] as const;
export type QueuedWorkflowName = (typeof queuedWorkflowNames)[number];

export const isQueued = (name: string | undefined): name is QueuedWorkflowName =>
  queuedWorkflowNames.some((one) => one === name);
