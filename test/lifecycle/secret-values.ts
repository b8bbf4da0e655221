// The values that must be found nowhere.

/** The secret inside a tunnel's token: base64 of JSON with the secret as `s`. */
export const tunnelSecret = (token: string): string => {
  const { s } = JSON.parse(Buffer.from(token, "base64").toString());
  if (!s) throw new Error("a tunnel token without a secret");
  return s;
};
