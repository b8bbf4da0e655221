import { expect, test } from "vitest";
import { startOptions } from "./options.ts";

test("without arguments starts tenant acme on the documented ports and stays", () => {
  expect(startOptions([])).toEqual({ once: false, tenant: "acme", firstPort: 4566, help: false });
});

test("takes what the usage names", () => {
  const options = startOptions(["--once", "--tenant", "globex", "--first-port", "5566"]);

  expect(options).toEqual({ once: true, tenant: "globex", firstPort: 5566, help: false });
});

test.each([["abc"], ["80"], ["65532"], ["4566.5"]])(
  "refuses %s as the first port and says what is allowed",
  (port) => {
    expect(() => startOptions(["--first-port", port])).toThrow(
      `"${port}"; allowed is a whole number from 1024 to 65531`,
    );
  },
);

test("refuses an unknown option and points to the usage", () => {
  expect(() => startOptions(["--bogus"])).toThrow("npm start -- --help");
});
