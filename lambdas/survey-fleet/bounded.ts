// Thousands of small pieces of work, some at a time, and no new one once the time is up.

export interface Bounds {
  atOnce: number;
  /** asked before each piece */
  isOver?: () => boolean;
}

/** @returns how many pieces were not begun */
export const bounded = async <T>(
  pieces: readonly T[],
  work: (piece: T) => Promise<void>,
  { atOnce, isOver = () => false }: Bounds,
): Promise<number> => {
  let begun = 0;
  const worker = async () => {
    while (begun < pieces.length && !isOver()) {
      begun += 1;
      await work(pieces[begun - 1] as T);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return pieces.length - begun;
};
