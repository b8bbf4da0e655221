import { describe, expect, it } from "vitest";
import { advisedErrorNames } from "./advice.ts";
import * as errors from "./errors.ts";

const classes = Object.values(errors).filter(
  (value) => typeof value === "function" && "errorName" in value,
) as (typeof errors.AwsTransientError)[];

describe("the named errors", () => {
  it.each(classes.map((type) => [type.name, type] as const))("%s has its own literal name", (name, type) => {
    expect(type.errorName).toBe(name);
  });

  it("are transient, doubtful or permanent, each of them", () => {
    const all = [...errors.transientErrorNames, ...errors.doubtfulErrorNames, ...errors.permanentErrorNames];

    expect(all.toSorted()).toEqual(classes.map(({ errorName }) => errorName).toSorted());
  });

  it("have an advice each, and there is none for what does not exist", () => {
    const own = advisedErrorNames.filter((name) => !name.includes("."));

    expect(own.toSorted()).toEqual(classes.map(({ errorName }) => errorName).toSorted());
  });

  it("say what was found, and what caused them", () => {
    const cause = new Error("socket hang up");

    const error = new errors.AwsTransientError("AWS did not answer.", { cause });

    expect(error.message).toBe("AWS did not answer.");
    expect(error).toMatchObject({ name: "AwsTransientError", cause });
  });
});
