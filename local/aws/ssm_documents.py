"""AWS::SSM::Document for MiniStack's CloudFormation, which does not know it.

The documents go to AWS_ENDPOINT_URL_SSM, where local/ec2 answers Run Command; without that variable they are only
accepted. Updates are CloudFormation's: `UpdateMethod: NewVersion` makes a new version and the default one of it; without
it new content is a replacement, which is refused, as the name is taken. Changed tags are not carried over.
"""

import json
import os
import urllib.error
import urllib.request

TYPE = "AWS::SSM::Document"


def register(provisioners):
    handlers = getattr(provisioners, "_RESOURCE_HANDLERS", {})
    if "AWS::SSM::Parameter" not in handlers or TYPE in handlers:
        raise SystemExit("This MiniStack deploys resources in another way than 1.5.33: see local/aws/ssm_documents.py")
    handlers[TYPE] = {"create": create, "update": update, "delete": delete}


def create(logical_id, props, stack_name):
    name = props.get("Name") or f"{stack_name}-{logical_id}"
    request = {"DocumentType": props.get("DocumentType", "Command"), "Tags": props.get("Tags", [])}
    call("CreateDocument", {"Name": name, **content(props), **request})
    return name, {}


def update(name, old, new, stack_name):
    if new.get("Name", name) != name:
        replacement = create(None, new, stack_name)
        delete(name, old)
        return replacement
    if content(old) != content(new):
        if new.get("UpdateMethod") != "NewVersion":
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again, or give it UpdateMethod NewVersion."
            )
        answer = call("UpdateDocument", {"Name": name, **content(new), "DocumentVersion": "$LATEST"})
        version = answer.get("DocumentDescription", {}).get("LatestVersion")
        call("UpdateDocumentDefaultVersion", {"Name": name, "DocumentVersion": version})
    return name, {}


def delete(name, _props):
    call("DeleteDocument", {"Name": name}, done="InvalidDocument")


def content(props):
    given = props["Content"]
    text = given if isinstance(given, str) else json.dumps(given)
    optional = {key: props[key] for key in ("DocumentFormat", "TargetType") if key in props}
    return {"Content": text, **optional}


def call(action, request, done=None):
    """Raises ValueError, which fails the resource; an error of the type `done` means that there is nothing to do."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_SSM")
    if not endpoint:
        return {}
    headers = {"X-Amz-Target": f"AmazonSSM.{action}", "Content-Type": "application/x-amz-json-1.1"}
    body = json.dumps(request).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(endpoint, body, headers), timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        error = json.load(refusal)
        if error.get("__type") == done:
            return {}
        raise ValueError(f"{TYPE} {action} of {request['Name']}: {error}") from refusal
