// What the powers do not ask about they cannot deny: so no role has an action that no power of its own shows.
import { expect, it } from "vitest";
import { heldAgainst } from "../support/explained.ts";
import { assertionsFor } from "./assertions.ts";
import { otherActions } from "./other-actions.ts";
import { stage } from "./scene.ts";

const shown = new Set(
  assertionsFor(Object.keys(stage.roles)).flatMap(({ granted, principals, request }) =>
    granted.map((name) => `${principals[name]?.role} ${request.action}`),
  ),
);

const had = Object.entries(stage.roles).flatMap(([role, { policies }]) =>
  policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => Action)
    .map((action) => `${role} ${action}`),
);

it("no role has an action that is neither one of its powers nor explained", () => {
  const others = [...new Set(had)].filter((permission) => !shown.has(permission));

  expect(had.length).toBeGreaterThan(300);
  expect(heldAgainst(otherActions, others)).toEqual({ unexplained: [], idle: [] });
});
