// For a tenant whose connector is fine, and whose application behind it is not.
import { restartUnit } from "../../core/repair/restart-unit.ts";

export const restartApplication = restartUnit("restart-application", "warren-app");
