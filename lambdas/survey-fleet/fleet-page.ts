// A large fleet is surveyed in pages, each of its own first characters of slugs: what every API can select by.
import { firstCharacters } from "../../core/tenant/slug.ts";

const TENANTS_A_PAGE = 10_000;

/** One page cannot hold less than one first character. */
export const MOST_PAGES = firstCharacters.length;

/** @param tenants as DynamoDB counts them: approximately, some hours ago */
export const pagesFor = (tenants: number): number =>
  Math.min(Math.max(1, Math.ceil(tenants / TENANTS_A_PAGE)), MOST_PAGES);

/** What the slugs of a page begin with; undefined when there is only one, which is everything. */
export const initialsOf = (page: number, pages: number): string[] | undefined =>
  pages === 1 ? undefined : [...firstCharacters].filter((_, index) => index % pages === page);
