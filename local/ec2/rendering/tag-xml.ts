// Tags as EC2's answers show them.
import type { Tags } from "../model.ts";
import { type Answer, items } from "../protocol/xml.ts";

export const tagSet = (tags: Tags): Answer => items([...tags].map(([key, value]) => ({ key, value })));
