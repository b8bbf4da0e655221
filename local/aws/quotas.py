"""An account's quotas: how many Lambdas run at a time, and how many calls of an action go through in a second.

A test sets them: POST /_local/quotas {"concurrentLambdas": 10, "callsPerSecond": {"PutParameter": 3}}. What is left out has no
quota, but for MiniStack's own of Lambdas. What is over a quota is refused as AWS does: TooManyRequestsException by Lambda,
which a workflow sees as `Lambda.TooManyRequestsException`, and ThrottlingException by Parameter Store. GET tells how many calls of each
action of Parameter Store went through and were refused since the quotas were set.
"""

import json
import time

PATH = "/_local/quotas"

buckets = {}
counts = {}


class Bucket:
    """As many calls as a second's may come at once; then one by one as they are let through."""

    def __init__(self, per_second):
        self.per_second = per_second
        self.left = per_second
        self.at = time.monotonic()

    def take(self):
        now = time.monotonic()
        self.left = min(self.per_second, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


def register(app, lambda_svc, stepfunctions):
    configure = app._handle_admin_config_request
    answer_ssm = app.SERVICE_HANDLERS["ssm"]
    throttle = lambda_svc._throttle_response
    own_quota = lambda_svc._ACCOUNT_CONCURRENCY_CAP

    async def configure_too(path, method, body):
        if path == PATH and method == "GET":
            return 200, {"Content-Type": "application/json"}, json.dumps(counts).encode()
        if path != PATH or method != "POST":
            return await configure(path, method, body)
        order = json.loads(body)
        counts.clear()
        buckets.clear()
        buckets.update({action: Bucket(rate) for action, rate in order.get("callsPerSecond", {}).items()})
        lambda_svc._ACCOUNT_CONCURRENCY_CAP = order.get("concurrentLambdas", own_quota)
        return 200, {"Content-Type": "application/json"}, b"{}"

    async def answer_within_quota(method, path, headers, body, query):
        action = headers.get("x-amz-target", "").split(".")[-1]
        bucket = buckets.get(action)
        refused = bucket and not bucket.take()
        count = counts.setdefault(action, {"through": 0, "refused": 0})
        count["refused" if refused else "through"] += 1
        if refused:
            return stepfunctions.error_response_json("ThrottlingException", "Rate exceeded", 400)
        return await answer_ssm(method, path, headers, body, query)

    def throttle_by_name(reason_code, msg, **more):
        answer = throttle(reason_code, msg, **more)
        answer["body"].update({"errorType": "Lambda.TooManyRequestsException", "errorMessage": msg})
        return answer

    app._handle_admin_config_request = configure_too
    app.SERVICE_HANDLERS["ssm"] = answer_within_quota
    lambda_svc._throttle_response = throttle_by_name
