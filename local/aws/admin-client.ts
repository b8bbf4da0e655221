// How tests, in whichever process, steer the local AWS.
export interface AwsAdmin {
  /** DescribeExecution knows nothing of executions whose names contain `named` until they are so old; 0 ends it. */
  showExecutionsAfter(order: { named: string; shownAfterSeconds: number }): Promise<void>;
}

/** @param url of MiniStack */
export const awsAdmin = (url: string): AwsAdmin => ({
  showExecutionsAfter: async (order) => {
    const answer = await fetch(`${url}/_local/executions`, { method: "POST", body: JSON.stringify(order) });
    if (!answer.ok) throw new Error(`POST /_local/executions: ${answer.status} ${await answer.text()}`);
  },
});
