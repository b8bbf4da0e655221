// The smallest repair: a connector that hangs or has lost its way begins anew, and nothing else is touched.
import { restartUnit } from "../../core/repair/restart-unit.ts";

export const restartConnector = restartUnit("restart-connector", "warren-connector");
