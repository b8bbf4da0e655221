// What the local AWS was asked, by whom: its CloudTrail, which is off unless a test turns it on, because it keeps
// requests as they are.
import { AwsClient } from "aws4fetch";
import { adminCredentials } from "../../local/aws/ministack.ts";
import { appOf } from "../../local/ec2/server/calls.ts";
import { facts } from "../support/stage.ts";

export interface TrailEvent {
  /** `ssm`, `dynamodb`, … */
  service: string;
  /** the API operation */
  name: string;
  /** the task, by its SDK's user agent */
  app: string | undefined;
  accessKeyId: string;
  parameters: Record<string, unknown>;
}

export const recordCalls = async (on: boolean): Promise<void> => {
  const answer = await fetch(`${facts.awsUrl}/_ministack/config`, {
    method: "POST",
    body: JSON.stringify({ "cloudtrail._recording_enabled": String(on) }),
  });
  const { applied } = (await answer.json()) as { applied: Record<string, boolean> };
  if (applied["cloudtrail._recording_enabled"] !== on) {
    throw new Error(`MiniStack did not turn its recording ${on ? "on" : "off"}: ${JSON.stringify(applied)}`);
  }
};

interface Page {
  Events: { EventId: string; EventTime: number; CloudTrailEvent: string }[];
}

/** MiniStack answers the newest fifty and knows no NextToken: the next page is what is not newer than the last one's end. */
export const recordedEvents = async (): Promise<TrailEvent[]> => {
  const found = new Map<string, TrailEvent>();
  let EndTime: number | undefined;
  let before: number;
  do {
    before = found.size;
    const { Events } = await lookUp(EndTime);
    for (const { EventId, CloudTrailEvent } of Events)
      found.set(EventId, asEvent(JSON.parse(CloudTrailEvent)));
    EndTime = Events.at(-1)?.EventTime;
  } while (found.size > before);
  return [...found.values()];
};

const lookUp = async (EndTime: number | undefined): Promise<Page> => {
  const signer = new AwsClient({ ...adminCredentials, service: "cloudtrail", region: facts.region });
  const answer = await signer.fetch(facts.awsUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "CloudTrail_20131101.LookupEvents",
    },
    body: JSON.stringify({ MaxResults: 50, EndTime }),
  });
  if (!answer.ok) throw new Error(`LookupEvents answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Page;
};

interface RawEvent {
  eventSource: string;
  eventName: string;
  userAgent: string;
  userIdentity: { accessKeyId: string };
  requestParameters: Record<string, unknown> | null;
}

const asEvent = ({ eventSource, eventName, userAgent, userIdentity, requestParameters }: RawEvent) => ({
  service: eventSource.replace(".amazonaws.com", ""),
  name: eventName,
  app: appOf({ "user-agent": userAgent }),
  accessKeyId: userIdentity.accessKeyId,
  parameters: requestParameters ?? {},
});
