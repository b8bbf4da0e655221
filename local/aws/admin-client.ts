// How tests, in whichever process, steer the local AWS.
interface Quotas {
  /** at a time, of the account; MiniStack's own bound where it is left out */
  concurrentLambdas?: number;
  /** by action of Parameter Store's; unbounded where one is left out */
  callsPerSecond?: Record<string, number>;
}

export interface AwsAdmin {
  /** DescribeExecution knows nothing of executions whose names contain `named` until they are so old; 0 ends it. */
  showExecutionsAfter(order: { named: string; shownAfterSeconds: number }): Promise<void>;
  /** The parameter has an image's id only so long after it was put. */
  validateImages(order: { name: string; validatedAfterSeconds: number }): Promise<void>;
  /** In the place of those that were set before. */
  setQuotas(quotas: Quotas): Promise<void>;
  /** Of Parameter Store, by action, since quotas were set. */
  countedCalls(): Promise<Record<string, { through: number; refused: number }>>;
}

/** @param url of MiniStack */
export const awsAdmin = (url: string): AwsAdmin => {
  const order = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${url}/_local/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`POST /_local/${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    showExecutionsAfter: (body) => order("executions", body),
    validateImages: (body) => order("image-parameters", body),
    setQuotas: (body) => order("quotas", body),
    countedCalls: async () => {
      const answer = await fetch(`${url}/_local/quotas`);
      return (await answer.json()) as Awaited<ReturnType<AwsAdmin["countedCalls"]>>;
    },
  };
};
