// Runs the survey as it is deployed: a bundle in a Node process of its own, whose memory is nobody else's. Takes the
// event as its argument; prints one line of JSON with the answer, the seconds and the peak memory.
//   node run-survey.ts <bundle> <event>
const [bundle = "", event = "{}"] = process.argv.slice(2);
const { handler } = await import(bundle);
const startedAt = performance.now();
const survey = await handler(JSON.parse(event), { functionName: "survey-fleet", awsRequestId: "r-1" });
const seconds = (performance.now() - startedAt) / 1_000;
// Kibibytes on Linux and macOS (Node's documentation of resourceUsage).
const mebibytes = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(`${JSON.stringify({ survey, seconds, mebibytes })}\n`);
