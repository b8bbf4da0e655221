// Reasons are written for operators, and name roles, accounts and resources. A customer of ours has no use for those.

/** ARNs, ids of AWS's resources, account ids, and names and parameters of the stage's. */
const names = [
  /\barn:aws[\w-]*:[^\s,;"')]+/g,
  /\b(?:i|vol|snap|subnet|eni|ami|sg|lt|vpc|rtb|AROA|AKIA|ASIA)-?[0-9A-Fa-f]{8,17}\b/g,
  /\b(?:AROA|AKIA|ASIA)[0-9A-Z]{12,17}\b/g,
  /\b\d{12}\b/g,
  /\/?\bwarren[-/][\w./-]*\w/gi,
];

export const withoutNames = (text: string): string =>
  names.reduce((shorter, name) => shorter.replace(name, "…"), text);
