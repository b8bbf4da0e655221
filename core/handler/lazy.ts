// Connections are made at the first invocation, not while the module loads: a bad environment then fails with its
// own named error, where a workflow sees it.

/** Runs `make` at the first call that succeeds, and answers the same result ever after. */
export const lazy = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
