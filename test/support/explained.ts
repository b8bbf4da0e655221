// Permissions that a test finds no use for, held against the reasons why they are there all the same.

export interface Explanation {
  /** Roles; without them, whichever has the action. */
  roles?: readonly string[];
  actions: RegExp;
  reason: string;
  /** Used in some runs and not in others, so it may be idle. */
  sometimes?: true;
}

/** `<role> <action>`; the name of a role may hold spaces. */
const explains = (permission: string) => {
  const [, role = "", action = ""] = /^(.*) (\S+)$/.exec(permission) ?? [];
  return ({ roles, actions }: Explanation): boolean =>
    (roles?.includes(role) ?? true) && actions.test(action);
};

/** Permissions without an explanation, and explanations that nothing needs. Both should be none. */
export const heldAgainst = (
  explanations: readonly Explanation[],
  permissions: readonly string[],
): { unexplained: string[]; idle: Explanation[] } => ({
  unexplained: permissions.filter((permission) => !explanations.some(explains(permission))),
  idle: explanations.filter(
    (explanation) => !explanation.sometimes && !permissions.some((one) => explains(one)(explanation)),
  ),
});
