import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { imageBuilds } from "./image-builds.ts";

const arn = "arn:aws:imagebuilder:eu-central-1:111122223333:image/warren-staging/1.2.3/4";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };

let server: Server;
let endpoint: string;
let answers: Record<string, { status?: number; body: unknown }>;
let requests: { request: IncomingMessage; body: string }[];

beforeEach(async () => {
  requests = [];
  answers = {
    "/GetImage": {
      body: {
        image: {
          state: { status: "AVAILABLE" },
          imageTestsConfiguration: { imageTestsEnabled: true },
          outputResources: { amis: [{ region: "eu-central-1", image: "ami-1" }] },
        },
      },
    },
    "/ListWorkflowExecutions": {
      body: {
        workflowExecutions: [
          { type: "BUILD", status: "COMPLETED" },
          { type: "TEST", status: "COMPLETED" },
        ],
      },
    },
  };
  server = createServer(async (request, response) => {
    requests.push({ request, body: await text(request) });
    const { status = 200, body } = answers[request.url?.replace(/\?.*/, "") ?? ""] ?? {
      status: 404,
      body: {},
    };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

const get = () => imageBuilds({ region: "eu-central-1", credentials, endpoint }).get(arn);

it("tells a build's status, its images, and how each of its tests ended", async () => {
  expect(await get()).toEqual({ status: "AVAILABLE", amis: ["ami-1"], tests: ["COMPLETED"] });
});

it("asks about the build by its ARN, signed for Image Builder", async () => {
  await get();

  const [image, workflows] = requests;
  expect(image?.request.url).toBe(`/GetImage?imageBuildVersionArn=${encodeURIComponent(arn)}`);
  expect(JSON.parse(workflows?.body ?? "")).toEqual({ imageBuildVersionArn: arn });
  for (const { request } of requests) {
    expect(request.headers.authorization).toMatch(
      /Credential=AKIDEXAMPLE\/\d+\/eu-central-1\/imagebuilder\//,
    );
    expect(request.headers["x-amz-security-token"]).toBe("token");
  }
});

it("counts no test of a build whose tests were off", async () => {
  answers["/GetImage"] = { body: { image: { state: { status: "AVAILABLE" } } } };

  expect(await get()).toEqual({ status: "AVAILABLE", amis: [], tests: [] });
});

it("says what Image Builder refused", async () => {
  answers["/GetImage"] = { status: 403, body: { message: "not allowed" } };

  await expect(get()).rejects.toThrow(/HTTP 403 to \/GetImage.*not allowed/);
});
