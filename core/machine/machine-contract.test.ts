import { expect, test } from "vitest";
import { tenantKey } from "../../test/support/sample.ts";
import { secretNames } from "../tenant/names.ts";
import { bootEnvironment, instanceTagsOf, runFiles, secretFiles } from "./machine-contract.ts";

test("a machine learns stage, slug, generation and hostname from its tags, and nothing else", () => {
  expect(instanceTagsOf(tenantKey, "acme.example.test")).toEqual({
    "warren:stage": tenantKey.stage,
    "warren:slug": tenantKey.slug,
    "warren:generation": tenantKey.generation,
    "warren:hostname": "acme.example.test",
  });
});

test.each(["../other", "acme\nTENANT_SLUG=other", "acme/..", "$(reboot)", ""])(
  "a tag that could be more than a word on the machine is refused before launch: %j",
  (slug) => {
    expect(() => instanceTagsOf({ ...tenantKey, slug }, "acme.example.test")).toThrow(
      "letters, digits, dots and hyphens only",
    );
  },
);

test("every secret of a tenant becomes a file that one user alone can read", () => {
  expect(Object.keys(secretFiles).toSorted()).toEqual(secretNames.toSorted());
  for (const { mode, owner } of Object.values(secretFiles)) {
    expect(mode).toBe(0o400);
    expect(owner).not.toBe("root");
  }
  expect(Object.keys(runFiles)).toContain("tenant.env");
});

test("a misspelt variable for the boot script is an error", () => {
  expect(() => bootEnvironment.parse({ RUN_DIR: "/run/warren" })).toThrow("RUN_DIR");
});
