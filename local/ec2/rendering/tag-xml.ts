// Tags as EC2's answers show them.
import { type Answer, items } from "../protocol/xml.ts";
import type { Tags } from "../world/model.ts";

export const tagSet = (tags: Tags): Answer => items([...tags].map(([key, value]) => ({ key, value })));
