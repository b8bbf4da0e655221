// Ends a task right after any of its effects, as a Lambda that dies does, and lets the workflow's retry run it again.

class Crash extends Error {}

/** The same adapters, the last of which to be called `survived` + 1 times in all dies with its effect done. */
const crashingAfter = <Deps extends object>(deps: Deps, survived: number): Deps => {
  let calls = 0;
  const dying =
    (method: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]) => {
      const result = await method(...args);
      calls += 1;
      if (calls > survived) throw new Crash(`after call ${calls}`);
      return result;
    };
  const wrap = (adapter: unknown): unknown =>
    typeof adapter !== "object" || adapter === null
      ? adapter
      : Object.fromEntries(
          Object.entries(adapter).map(([name, value]) => [
            name,
            typeof value === "function" ? dying(value) : value,
          ]),
        );
  return Object.fromEntries(
    Object.entries(deps).map(([name, adapter]) => [name, name === "clock" ? adapter : wrap(adapter)]),
  ) as Deps;
};

/**
 * Runs the task once for every effect it has, each time in a world of its own: it crashes right after that effect,
 * and is run again. Answers how many effects there were.
 */
export const surviveCrashes = async <Deps extends object, Result>(
  world: () => Promise<Deps>,
  run: (deps: Deps) => Promise<Result>,
  assess: (result: Result, deps: Deps) => Promise<void>,
): Promise<number> => {
  for (let survived = 0; survived < 50; survived += 1) {
    const deps = await world();
    const first = await run(crashingAfter(deps, survived)).then(
      () => "completed",
      (error) => error,
    );
    if (first === "completed") return survived;
    if (!(first instanceof Crash)) throw first;
    await assess(await run(deps), deps);
  }
  throw new Error("The task has more than 50 effects, or never ends.");
};
