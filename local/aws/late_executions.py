"""DescribeExecution that lags, as on AWS, where it is eventually consistent: for a while it knows nothing of an execution.

A test orders it: POST /_local/executions {"named": "a-slug", "shownAfterSeconds": 10}. It concerns executions whose names
contain `named`, until they are that old; 0 seconds end it.
"""

import json
from datetime import datetime, timezone

PATH = "/_local/executions"

seconds_by_name = {}


def register(app, stepfunctions):
    describe = stepfunctions._describe_execution
    configure = app._handle_admin_config_request

    def describe_late(data):
        arn = data.get("executionArn")
        execution = stepfunctions._executions.get(arn)
        if execution and is_late(execution):
            return stepfunctions.error_response_json("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", 400)
        return describe(data)

    async def configure_too(path, method, body):
        if path != PATH or method != "POST":
            return await configure(path, method, body)
        order = json.loads(body)
        seconds_by_name[order["named"]] = float(order["shownAfterSeconds"])
        return 200, {"Content-Type": "application/json"}, json.dumps(seconds_by_name).encode()

    stepfunctions._describe_execution = describe_late
    app._handle_admin_config_request = configure_too


def is_late(execution):
    age = (datetime.now(timezone.utc) - datetime.fromisoformat(execution["startDate"])).total_seconds()
    return any(name in execution["name"] and age < seconds for name, seconds in seconds_by_name.items())
