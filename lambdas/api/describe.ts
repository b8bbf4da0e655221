// GET /openapi.json: what this API takes and answers, made ahead of time (contract/document.test.ts).
import description from "./openapi.json" with { type: "json" };
import { json } from "./responses.ts";
import type { Route } from "./route.ts";

export const describe: Route = async () => json(200, description);
