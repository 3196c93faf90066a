"""The requests to Azure Resource Manager that are about resources of any type, groups and deployments."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import deployments
import resources
from errors import ArmError, NotModelled
from ids import Id, resource
from providers import kind_of
from regions import REGIONS
from routing import Answer, Request, route
from template import DEPLOYMENTS
from world import TICKS_OF_A_CHANGE, Operation, World

# In milliseconds: the client asks again at once, so that tests are not slow.
POLL = {"x-ms-retry-after-ms": "20"}
GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"
GROUP_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
GROUP_WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write"
GROUP_DELETE = "Microsoft.Resources/subscriptions/resourceGroups/delete"
DEPLOYMENT = "{scope}/providers/Microsoft.Resources/deployments/{name}"


def listed(items: list[Any]) -> Answer:
    """A page that is the last one."""
    return Answer(body={"value": items})


def operation_url(request: Request, operation: Operation, kind: str = "operations") -> str:
    """Where an operation is asked for."""
    subscription = request.world.settings.subscription
    return f"{request.base}/subscriptions/{subscription}/providers/Microsoft.Resources/{kind}/{operation.name}?api-version=2025-04-01"


@route("GET", "/subscriptions/{subscription}/providers/Microsoft.Resources/operations/{name}")
def get_operation(request: Request, subscription: str, name: str) -> Answer:
    """The status of an operation, as `Azure-AsyncOperation` is asked."""
    operation = request.world.operations.get(name)
    if not operation:
        raise ArmError(404, "OperationNotFound", f"The operation '{name}' was not found.")
    body: dict[str, Any] = {"id": request.path, "name": name, "status": operation.status}
    if operation.error:
        body["error"] = operation.error
    return Answer(200, body, POLL)


@route("GET", "/subscriptions/{subscription}/providers/Microsoft.Resources/operationResults/{name}")
def get_operation_result(request: Request, subscription: str, name: str) -> Answer:
    """The status of an operation, as `Location` is asked."""
    operation = request.world.operations.get(name)
    if not operation:
        raise ArmError(404, "OperationNotFound", f"The operation '{name}' was not found.")
    if operation.status == "InProgress":
        return Answer(202, None, {**POLL, "Location": operation_url(request, operation, "operationResults")})
    if operation.error:
        return Answer(409, {"error": operation.error})
    return Answer(200, None)


def accepted(request: Request, operation: Operation) -> Answer:
    """A change that is on its way and has no answer of its own."""
    return Answer(202, None, {**POLL, "Location": operation_url(request, operation, "operationResults")})


# Resource groups


@route("HEAD", GROUP, action=GROUP_READ)
def has_group(request: Request, subscription: str, group: str) -> Answer:
    """Whether a group exists."""
    return Answer(204 if group.lower() in request.world.groups else 404)


@route("GET", GROUP, action=GROUP_READ)
def get_group(request: Request, subscription: str, group: str) -> Answer:
    """A group."""
    return Answer(body=request.world.group(group))


@route("GET", "/subscriptions/{subscription}/resourcegroups", action=GROUP_READ)
def list_groups(request: Request, subscription: str) -> Answer:
    """All groups."""
    return listed([request.world.groups[key] for key in sorted(request.world.groups)])


@route("PUT", GROUP, action=GROUP_WRITE)
def put_group(request: Request, subscription: str, group: str) -> Answer:
    """Makes or changes a group."""
    world, location = request.world, str(request.body.get("location") or "").replace(" ", "").lower()
    before = world.groups.get(group.lower())
    if not re.fullmatch(r"[-\w.()]{0,89}[-\w()]", group):
        raise ArmError(400, "InvalidResourceGroupName", f"The provided resource group name '{group}' is invalid.")
    if not location:
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if location not in REGIONS:
        raise ArmError(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{location}' is not available for resource group. List of available regions is '{','.join(REGIONS)}'.",
        )
    if before and before["location"] != location:
        message = f"Invalid resource group location '{location}'. The Resource group already exists in location '{before['location']}'."
        raise ArmError(409, "InvalidResourceGroupLocation", message)
    if before and before["properties"]["provisioningState"] == "Deleting":
        raise ArmError(
            409,
            "ResourceGroupBeingDeleted",
            f"The resource group '{group}' is in deprovisioning state and cannot perform this operation.",
        )
    made = world.make_group(
        before["name"] if before else group, location, request.body.get("tags"), (before or {}).get("managedBy")
    )
    return Answer(200 if before else 201, made)


@route("PATCH", GROUP, action=GROUP_WRITE)
def patch_group(request: Request, subscription: str, group: str) -> Answer:
    """Changes the tags of a group."""
    found = request.world.group(group)
    if "tags" in request.body:
        found["tags"] = request.body["tags"]
    return Answer(body=found)


@route("DELETE", GROUP, action=GROUP_DELETE)
def delete_group(request: Request, subscription: str, group: str) -> Answer:
    """Deletes a group and all in it."""
    world = request.world
    found = world.group(group)
    found["properties"]["provisioningState"] = "Deleting"
    return accepted(request, world.after(TICKS_OF_A_CHANGE, lambda: resources.delete_group(world, group)))


@route("GET", GROUP + "/resources", action="Microsoft.Resources/subscriptions/resourceGroups/resources/read")
def list_group(request: Request, subscription: str, group: str) -> Answer:
    """The resources of a group that stand by themselves."""
    return listed(summaries(request, request.world.group(group)["id"]))


@route("GET", "/subscriptions/{subscription}/resources", action="Microsoft.Resources/subscriptions/resources/read")
def list_all(request: Request, subscription: str) -> Answer:
    """The resources of all groups."""
    return listed(summaries(request, f"/subscriptions/{subscription}"))


def summaries(request: Request, scope: str) -> list[dict[str, Any]]:
    """Resources without their properties: those that have a location."""
    kept = ("id", "name", "type", "location", "tags", "sku", "kind", "identity")
    found = [each for each in request.world.within(scope) if "location" in each.body and matches(request, each.body)]
    return [{**{key: each.body[key] for key in kept if key in each.body}, "name": each.id.full_name} for each in found]


def matches(request: Request, body: dict[str, Any]) -> bool:
    """Whether a resource passes a filter: equal parts, joined by `and`."""
    for part in filter(None, re.split(r" and ", request.query.get("$filter", ""))):
        match = re.fullmatch(r"\s*(resourceType|resourceGroup|name|location) eq '([^']*)'\s*", part)
        tag = re.fullmatch(r"\s*tagname eq '([^']*)'\s*", part)
        tag_value = re.fullmatch(r"\s*tagvalue eq '([^']*)'\s*", part)
        tags = body.get("tags", {})
        if match:
            parts = {"resourceType": body["type"], "resourceGroup": Id.parse(body["id"]).group}
            passes = str(parts.get(match[1]) or body.get(match[1])).lower() == match[2].lower()
        elif tag:
            passes = tag[1] in tags
        elif tag_value:
            passes = tag_value[1] in tags.values()
        else:
            raise NotModelled(f"the filter {part!r}")
        if not passes:
            return False
    return True


# Tags


@route("GET", "{scope}/providers/Microsoft.Resources/tags/default")
def get_tags(request: Request, scope: str) -> Answer:
    """The tags of a group or resource."""
    return tags_answer(scope, tagged(request.world, scope).get("tags", {}))


@route("PUT", "{scope}/providers/Microsoft.Resources/tags/default")
def put_tags(request: Request, scope: str) -> Answer:
    """Replaces all tags."""
    owner = tagged(request.world, scope)
    owner["tags"] = dict(request.body["properties"]["tags"])
    return tags_answer(scope, owner["tags"])


@route("PATCH", "{scope}/providers/Microsoft.Resources/tags/default")
def patch_tags(request: Request, scope: str) -> Answer:
    """Merges, replaces or deletes tags."""
    owner, given = tagged(request.world, scope), request.body["properties"].get("tags", {})
    tags = dict(owner.get("tags", {}))
    match request.body["operation"].lower():
        case "merge":
            tags.update(given)
        case "replace":
            tags = dict(given)
        case "delete":
            tags = {key: value for key, value in tags.items() if key not in given}
    owner["tags"] = tags
    return tags_answer(scope, tags)


@route("DELETE", "{scope}/providers/Microsoft.Resources/tags/default")
def delete_tags(request: Request, scope: str) -> Answer:
    """Deletes all tags."""
    tagged(request.world, scope).pop("tags", None)
    return Answer()


def tagged(world: World, scope: str) -> dict[str, Any]:
    """What the tags are on."""
    if "/providers/" in scope.lower():
        return world.get(Id.parse(scope)).body
    return world.group(scope.rpartition("/")[2])


def tags_answer(scope: str, tags: dict[str, str]) -> Answer:
    """Tags, as a resource."""
    return Answer(
        body={
            "id": f"{scope}/providers/Microsoft.Resources/tags/default",
            "name": "default",
            "type": "Microsoft.Resources/tags",
            "properties": {"tags": tags},
        }
    )


# Deployments


def deployment_scope(request: Request, scope: str) -> str:
    """The group of a deployment, spelt as it was made; other scopes are not known."""
    match = re.fullmatch(r"/subscriptions/[^/]+/resourcegroups/([^/]+)", scope, re.IGNORECASE)
    if not match:
        raise NotModelled(f"deployments at the scope '{scope}'")
    return str(request.world.group(match[1])["id"])


def find_deployment(request: Request, scope: str, name: str) -> deployments.Run:
    """A deployment, or Azure's refusal."""
    at = deployment_scope(request, scope)
    found: deployments.Run | None = request.world.deployments.get(resource(at, DEPLOYMENTS, name).key)
    if not found:
        raise ArmError(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
    return found


@route("POST", DEPLOYMENT + "/validate", action="Microsoft.Resources/deployments/validate/action")
def validate_deployment(request: Request, scope: str, name: str) -> Answer:
    """Whether a deployment could begin."""
    try:
        return Answer(
            body=deployments.validate(request.world, deployment_scope(request, scope), name, request.body["properties"])
        )
    except ArmError as refusal:
        if refusal.code in ("InvalidTemplate", "ResourceGroupNotFound"):
            raise
        message = f"The template deployment '{name}' is not valid according to the validation procedure. See inner errors for details."
        raise ArmError(400, "InvalidTemplateDeployment", message, details=[refusal.error()]) from refusal


@route("POST", DEPLOYMENT + "/whatIf", action="Microsoft.Resources/deployments/whatIf/action")
def what_if_deployment(request: Request, scope: str, name: str) -> Answer:
    """What a deployment would change."""
    answer = deployments.what_if(request.world, deployment_scope(request, scope), name, request.body["properties"])
    if request.body["properties"].get("whatIfSettings", {}).get("resultFormat") == "ResourceIdOnly":
        for change in answer.get("properties", {}).get("changes", []):
            # Properties are not compared then: of what is there nobody knows whether it changes.
            if change["changeType"] in ("Modify", "NoChange"):
                change["changeType"] = "Deploy"
            for key in ("before", "after", "delta"):
                change.pop(key, None)
    return Answer(body=answer)


@route("PUT", DEPLOYMENT, action="Microsoft.Resources/deployments/write")
def put_deployment(request: Request, scope: str, name: str) -> Answer:
    """Begins a deployment."""
    world = request.world
    existed = resource(deployment_scope(request, scope), DEPLOYMENTS, name).key in world.deployments
    run = deployments.start(world, deployment_scope(request, scope), name, copy.deepcopy(request.body["properties"]))
    operation = world.start(Operation(f"deployment-{len(world.operations) + 1}", run.step))
    answer = run.answer()
    answer["properties"]["provisioningState"] = "Accepted"
    return Answer(200 if existed else 201, answer, {**POLL, "Azure-AsyncOperation": operation_url(request, operation)})


@route("GET", DEPLOYMENT, action="Microsoft.Resources/deployments/read")
def get_deployment(request: Request, scope: str, name: str) -> Answer:
    """A deployment."""
    return Answer(body=find_deployment(request, scope, name).answer())


@route("HEAD", DEPLOYMENT, action="Microsoft.Resources/deployments/read")
def has_deployment(request: Request, scope: str, name: str) -> Answer:
    """Whether a deployment exists."""
    find_deployment(request, scope, name)
    return Answer(204)


@route("GET", "{scope}/providers/Microsoft.Resources/deployments", action="Microsoft.Resources/deployments/read")
def list_deployments(request: Request, scope: str) -> Answer:
    """The deployments of a group."""
    prefix = deployment_scope(request, scope).lower() + "/"
    return listed([run.answer() for key, run in sorted(request.world.deployments.items()) if key.startswith(prefix)])


# The second spelling is what `az deployment operation group list` asks.
@route("GET", DEPLOYMENT + "/operations", action="Microsoft.Resources/deployments/operations/read")
@route("GET", "{scope}/deployments/{name}/operations", action="Microsoft.Resources/deployments/operations/read")
def list_operations(request: Request, scope: str, name: str) -> Answer:
    """What a deployment did for each resource."""
    return listed(find_deployment(request, scope, name).operations())


@route("POST", DEPLOYMENT + "/cancel", action="Microsoft.Resources/deployments/cancel/action", changing=True)
def cancel_deployment(request: Request, scope: str, name: str) -> Answer:
    """Stops a deployment."""
    run = find_deployment(request, scope, name)
    if run.over:
        message = f"Unable to cancel deployment '{name}': its provisioning state is '{run.state}'."
        raise ArmError(409, "DeploymentCannotBeCancelled", message)
    run.cancel()
    return Answer(204)


@route("DELETE", DEPLOYMENT, action="Microsoft.Resources/deployments/delete")
def delete_deployment(request: Request, scope: str, name: str) -> Answer:
    """Forgets a deployment; what it made stays."""
    run = find_deployment(request, scope, name)
    if not run.over:
        raise ArmError(409, "DeploymentActive", f"Unable to delete deployment '{name}': it is still active.")
    del request.world.deployments[run.id.key]
    return Answer(204)


# Any resource


@route("GET", "/subscriptions/{rest}")
def get_resource(request: Request, rest: str) -> Answer:
    """A resource, or all of a type at a scope."""
    target = parse(request)
    kind = kind_of(target.type, request.version)
    if not target.is_list:
        found = request.world.get(target)
        if kind.type == "Microsoft.ContainerService/managedClusters" and request.world.faults.cluster_is_busy(
            target.key
        ):
            stuck = copy.deepcopy(found.body)
            stuck["properties"]["provisioningState"] = "Updating"
            return Answer(body=stuck)
        return Answer(body=found.body)
    if target.group:
        request.world.group(target.group)
    if target.names:
        parent = Id(target.scope, target.type.rpartition("/")[0], target.names)
        request.world.get(parent)
        return listed([each.body for each in request.world.of_type(kind.type, str(parent))])
    found_at = request.world.of_type(kind.type, target.scope)
    exact = kind.extension
    return listed([each.body for each in found_at if not exact or each.id.scope.lower() == target.scope.lower()])


@route("PUT", "/subscriptions/{rest}")
def put_resource(request: Request, rest: str) -> Answer:
    """Makes or changes a resource."""
    world, target = request.world, parse(request)
    kind, write = resources.prepare(world, target, request.version, request.body or {})
    lock = kind.lock(target)
    if lock in world.held:
        raise kind.busy(target)
    made = resources.store(world, kind, write)
    if kind.at_once:
        resources.finish(world, target)
        return Answer(200 if write.before else kind.made, made.body)
    operation = world.after(TICKS_OF_A_CHANGE, lambda: resources.finish(world, target), lock)
    return Answer(
        200 if write.before else 201,
        copy.deepcopy(made.body),
        {**POLL, "Azure-AsyncOperation": operation_url(request, operation)},
    )


@route("PATCH", "/subscriptions/{rest}")
def patch_resource(request: Request, rest: str) -> Answer:
    """Changes tags of a resource; more is not known."""
    target = parse(request)
    found = request.world.get(target)
    kind_of(target.type, request.version)
    if set(request.body) != {"tags"}:
        raise NotModelled(f"a PATCH of '{target.type}' that is not of its tags")
    found.body["tags"] = request.body["tags"]
    return Answer(body=found.body)


@route("DELETE", "/subscriptions/{rest}")
def delete_resource(request: Request, rest: str) -> Answer:
    """Deletes a resource, with all that is below and at it."""
    world, target = request.world, parse(request)
    kind = kind_of(target.type, request.version)
    found = world.find(target)
    if not found:
        return Answer(204)
    lock = kind.lock(target)
    if lock in world.held:
        raise kind.busy(target)
    if kind.at_once:
        resources.delete(world, target)
        return Answer(200, found.body)
    found.properties["provisioningState"] = "Deleting"
    return accepted(request, world.after(TICKS_OF_A_CHANGE, lambda: resources.delete(world, target), lock))


def parse(request: Request) -> Id:
    """The id in the path."""
    if "/providers/" not in request.path.lower():
        raise NotModelled(f"{request.method} {request.path}")
    target = Id.parse(request.path)
    subscription = target.scope.split("/")[2] if target.scope.count("/") >= 2 else ""
    if subscription.lower() != request.world.settings.subscription.lower():
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
    return target


def read_body(text: str) -> Any:
    """A body. azure-cli 2.91 writes the key of a template without quotes."""
    if not text:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return json.loads(re.sub(r"([{,]\s*)template:", r'\1"template":', text, count=1))
