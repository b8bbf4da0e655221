// Not shown is not gone: a listing may lack what is there, because its marker was taken off, or because it is late.

/** What was listed, and what of these ids the listing lacks, asked for one by one. */
export const withNamed = async <T extends { id: string }>(
  listed: T[],
  ids: readonly (string | undefined)[],
  look: (id: string) => Promise<T | undefined>,
): Promise<T[]> => {
  const lacking = ids.filter((id) => id !== undefined && !listed.some((one) => one.id === id));
  const looked = await Promise.all(lacking.map((id) => look(id ?? "")));
  return [...listed, ...looked.filter((one) => one !== undefined)];
};
