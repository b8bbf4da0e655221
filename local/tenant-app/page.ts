// The page that a visitor of the tenant's hostname sees: whose machine answered.
import type { Identity } from "./identity.ts";

/** The values are checked by the boot script: letters, digits, dots and hyphens. */
export const pageFor = ({ slug, generation, hostname, instanceId }: Identity): string => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${slug}</title>
  <style>
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1rem }
    dt { font-weight: 600 }
    dd { margin: 0 0 .75rem; font-family: ui-monospace, monospace }
  </style>
  <h1>${slug}</h1>
  <p>This page was answered by a machine of this tenant's own, which nobody can reach but through its tunnel.</p>
  <dl>
    <dt>Hostname</dt><dd>${hostname}</dd>
    <dt>Generation</dt><dd>${generation}</dd>
    <dt>Instance</dt><dd>${instanceId}</dd>
  </dl>
</html>
`;
