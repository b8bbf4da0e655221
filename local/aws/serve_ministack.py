"""Starts MiniStack with its gaps closed.

What a Node.js Lambda throws keeps its name: MiniStack 1.5.33 reports every error of a Node.js function as
`Runtime.HandlerError`, where Lambda reports the error's `name` as `errorType`. Retry and Catch match that name, so
without it no retry of a workflow would happen locally.

A branch of a Parallel state has a context object of its own, as on AWS: in MiniStack 1.5.33 all branches write the name
of the state that they enter into one, so that a catcher's `$states.context.State.Name` names another branch's state.

CloudFormation deploys AWS::SSM::Document: see ssm_documents.py. DescribeExecution lags where a test asks for it: see
late_executions.py. An account has quotas where a test sets them: see quotas.py. Ids of images are validated late where a
test asks for it: see image_parameters.py. It ends with its stage: see stage_life.py. What a Lambda wrote goes to the log,
each line with its function's name.
"""

import json

import image_parameters
import late_executions
import quotas
import ssm_documents
import stage_life
from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

PLAIN = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
MARK = "warren-error:"
NAMED = (
    'status: "error", trace: err.stack || "", error: "' + MARK + '" + JSON.stringify('
    '{ errorType: err.name || "Error", errorMessage: String(err.message || err) })'
)


def name_errors_in_workers():
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if script.count(PLAIN) != 1:
        raise SystemExit("This MiniStack reports errors in another way than 1.5.33: see local/aws/serve_ministack.py")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(PLAIN, NAMED)


def name_errors_in_answers():
    execute = lambda_svc._execute_function_warm

    def execute_with_names(func, event, request_id):
        answer = execute(func, event, request_id)
        message = (answer.get("body") or {}).get("errorMessage", "") if answer.get("error") else ""
        if message.startswith(MARK):
            answer["body"] = json.loads(message.removeprefix(MARK))
        return answer

    lambda_svc._execute_function_warm = execute_with_names


def log_by_function():
    execute = lambda_svc._execute_function_warm

    def execute_and_log(func, event, request_id):
        answer = execute(func, event, request_id)
        name = (func.get("config") or func).get("FunctionName", "")
        lines = [f"{name}: {line}" for line in (answer.get("log") or "").splitlines() if line.strip()]
        if lines:
            print("\n".join(lines), flush=True)
        return answer

    lambda_svc._execute_function_warm = execute_and_log


def give_branches_their_own_context():
    run = stepfunctions._run_sub_machine
    stepfunctions._run_sub_machine = lambda states, start, data, execution, context: run(
        states, start, data, execution, {**context}
    )


name_errors_in_workers()
name_errors_in_answers()
log_by_function()
give_branches_their_own_context()
ssm_documents.register(provisioners)
late_executions.register(app, stepfunctions)
quotas.register(app, lambda_svc, stepfunctions)
image_parameters.register(app)
stage_life.watch()
app.main()
stage_life.remove_scratch()
