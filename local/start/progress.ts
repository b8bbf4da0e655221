// How long work shows how far it is: a list of steps with their times, and a bar for what has a length.
import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import type { Progress } from "../../core/tenant/steps.ts";

const width = 24;

export const bar = ({ step, number, of }: Progress): string => {
  const filled = Math.round((width * number) / of);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${number}/${of} ${step}`;
};

/** Redraws in a terminal; elsewhere, such as in CI, one line per event. */
export const steps = (tasks: ListrTask[]) =>
  new Listr(tasks, {
    fallbackRenderer: "simple",
    registerSignalListeners: false,
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
