// Which sections of docs/runbook.md alarms send an operator to, by their anchors.

export const runbookSections = [
  "tenant-degraded",
  "outage-guard",
  "sweep-missing",
  "sweep-failed",
  "workflow-failed",
  "removal-failed",
  "failure-queue",
  "cloudflare-quota",
  "images-kept",
  "disk-full",
  "snapshots-missing",
] as const;
export type RunbookSection = (typeof runbookSections)[number];

/** @param text one or two plain sentences */
export const withRunbook = (text: string, section: RunbookSection): string =>
  `${text} Runbook: docs/runbook.md#${section}`;
