import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { ulid } from "ulid";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleRow } from "../../test/support/sample.ts";
import { tableWithKey } from "../../test/support/tables.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { rowCreation } from "./row-creation.ts";

/** One request for a tenant, under the key that all of its kind share. */
const request = (slug: string) => {
  const generation = ulid();
  const expiresAt = Math.floor(Date.now() / 1000) + 1000;
  const key = { key: `key-of-${slug}`, fingerprint: slug, slug, generation, expiresAt };
  return { row: sampleRow({ slug, generation }), key };
};
type Request = ReturnType<typeof request>;

describe("a request for a tenant that meets another of its kind", () => {
  let aws: TestAccount;
  let client: DynamoDBDocumentClient;
  beforeAll(async () => {
    aws = newTestAccount();
    client = newClient();
    await client.send(tableWithKey("tenants", "slug"));
    await client.send(tableWithKey("idempotency", "key"));
  });

  const newClient = () => DynamoDBDocumentClient.from(new DynamoDBClient(aws.client));
  const create = ({ row, key }: Request, over = client) =>
    rowCreation({ tenants: "tenants", idempotency: "idempotency" }, { client: over })(row, key);
  const remove = (slug: string) => client.send(new DeleteCommand({ TableName: "tenants", Key: { slug } }));
  const generationsOf = async (slug: string) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: "tenants" }));
    return Items.filter((item) => item.slug === slug).map(({ generation }) => generation);
  };

  /** A client with something between its calls: 1 the transaction, 2 the key's record, 3 the row, 4 the next try. */
  const interrupted = (before: Record<number, () => Promise<unknown>>) => {
    const over = newClient();
    let calls = 0;
    const interrupt = (next: (args: never) => Promise<never>) => async (args: never) => {
      calls += 1;
      await before[calls]?.();
      return next(args);
    };
    over.middlewareStack.add(interrupt as never, { step: "initialize", name: "interrupt" });
    return over;
  };

  it.each([
    ["before it reads the row", 3],
    ["before it writes", 4],
  ])("after a removal, and loses to it %s, is answered with what the other made", async (_, call) => {
    const slug = `lost-before-${call}`;
    const [first, winner, loser] = [request(slug), request(slug), request(slug)];
    await create(first);
    await remove(slug);

    const answer = await create(loser, interrupted({ [call]: () => create(winner) }));

    expect(answer).toMatchObject({ outcome: "repeated", row: { generation: winner.row.generation } });
    expect(await generationsOf(slug)).toEqual([winner.row.generation]);
  });

  it("whose tenant is removed while it looks, makes a new one", async () => {
    const slug = "removed-while-looking";
    const [first, again] = [request(slug), request(slug)];
    await create(first);

    const answer = await create(again, interrupted({ 2: () => remove(slug) }));

    expect(answer).toEqual({ outcome: "created" });
    expect(await generationsOf(slug)).toEqual([again.row.generation]);
  });

  it("loses the slug of a removed tenant to a stranger without a key, and leaves it alone", async () => {
    const slug = "lost-to-stranger";
    const [first, stranger, again] = [request(slug), request(slug), request(slug)];
    await create(first);
    await remove(slug);
    const makeStranger = () =>
      rowCreation({ tenants: "tenants", idempotency: "idempotency" }, { client })(stranger.row, undefined);

    const answer = await create(again, interrupted({ 4: makeStranger }));

    expect(answer).toEqual({ outcome: "taken" });
    expect(await generationsOf(slug)).toEqual([stranger.row.generation]);
  });

  it("is not refused for reading the key's record without its row, as amid a transaction it may", async () => {
    const slug = "half-seen";
    const [first, again] = [request(slug), request(slug)];
    await create(first);
    const show = () => client.send(new PutCommand({ TableName: "tenants", Item: first.row }));

    const answer = await create(again, interrupted({ 3: () => remove(slug), 4: show }));

    expect(answer).toEqual({ outcome: "repeated", row: first.row });
  });
});
