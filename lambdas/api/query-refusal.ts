// How a query that is wrong is refused.
import type * as z from "zod";
import { badRequest, type Complaint } from "./problem.ts";

/** @param query what the route takes */
export const queryRefusal = ({ shape }: z.ZodObject) => ({
  problem: (complaints: Complaint[]) => badRequest("The query is not one that this route takes.", complaints),
  name: ([parameter]: readonly PropertyKey[]) => String(parameter),
  unknown: `only ${Object.keys(shape).join(", ")}`,
});
