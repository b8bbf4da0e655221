// What the tenant's application says to a request.

export interface Reply {
  status: number;
  /** JSON without it */
  type?: string;
  body: object | string | Buffer;
}
