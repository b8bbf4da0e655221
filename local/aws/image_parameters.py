"""Ids of images in Parameter Store, which AWS validates before a parameter has them: PutParameter answers at once, and
GetParameter tells the earlier value until then.

A test orders it: POST /_local/image-parameters {"name": "/a/name", "validatedAfterSeconds": 2}. Which images there are is not
asked: every id is valid in the end. Source: Systems Manager User Guide, "Using native parameter support for AMI IDs".
"""

import asyncio
import json

PATH = "/_local/image-parameters"

delays = {}
pending = set()


def register(app):
    configure = app._handle_admin_config_request
    answer_ssm = app.SERVICE_HANDLERS["ssm"]

    async def configure_too(path, method, body):
        if path != PATH or method != "POST":
            return await configure(path, method, body)
        order = json.loads(body)
        delays[order["name"]] = order["validatedAfterSeconds"]
        return 200, {"Content-Type": "application/json"}, b"{}"

    async def answer_before_validation(method, path, headers, body, query):
        is_put = headers.get("x-amz-target", "").endswith(".PutParameter")
        order = json.loads(body) if delays and is_put else {}
        delay = delays.get(order.get("Name"))
        if not delay or order.get("DataType") != "aws:ec2:image":
            return await answer_ssm(method, path, headers, body, query)

        async def validate():
            await asyncio.sleep(delay)
            await answer_ssm(method, path, headers, body, query)

        task = asyncio.create_task(validate())
        pending.add(task)
        task.add_done_callback(pending.discard)
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, b'{"Tier": "Standard", "Version": 1}'

    app._handle_admin_config_request = configure_too
    app.SERVICE_HANDLERS["ssm"] = answer_before_validation
