// An operator who says yes to everything, and hears what happens.
import type { Operator } from "../../operations/operator.ts";

export const willing = (hear: (line: string) => unknown): Operator => ({
  say: (line) => void hear(line),
  confirm: async () => true,
});
