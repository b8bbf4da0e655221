// Every power that any role of the stage has, and many that none may have: after each, the roles that have it. All
// other roles must be denied it. How a request looks is in requests.ts.
import { commands } from "./powers/commands.ts";
import { identity } from "./powers/identity.ts";
import { machines } from "./powers/machines.ts";
import type { Power } from "./powers/power.ts";
import { rows } from "./powers/rows.ts";
import { secrets } from "./powers/secrets.ts";
import { workflows } from "./powers/workflows.ts";

export const powers: [what: string, power: Power][] = [
  rows,
  secrets,
  machines,
  commands,
  workflows,
  identity,
].flatMap((ofOneSubject) => Object.entries(ofOneSubject));
