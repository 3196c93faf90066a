"""Deployments: a template becomes resources, wave by wave, as many at once as its dependencies allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from errors import ArmError
from expressions import expand
from ids import Id, group_of
from providers import KINDS
from resources import authorize, finish, prepare, store
from template import DEPLOYMENTS, Item, Template, as_refusal, body_of
from world import Resource, World, stable_guid

# Waves that pass between two requests: a deployment takes a few polls, not one for every resource.
WAVES_A_TICK = 6
LONGEST_NAME = 64


class Node:
    """A resource of a deployment on its way."""

    def __init__(self, run: Run, item: Item) -> None:
        self.run = run
        self.item = item
        self.state = "Waiting"
        self.target: Id | None = None
        self.error: dict[str, Any] | None = None
        self.status = 201
        self.nested: Run | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ("Succeeded", "Failed")

    def all(self) -> Iterator[Node]:
        """The resource and everything inside."""
        yield self
        if self.nested:
            for node in self.nested.nodes.values():
                yield from node.all()

    def before(self) -> set[int]:
        """Everything that was surely over when this began: only that is in order with it, all else runs at the same time."""
        over: set[int] = set()
        for symbol in self.item.needs:
            need = self.run.nodes[symbol]
            over |= {id(node) for node in need.all()} | need.before()
        return over | (self.run.parent.before() if self.run.parent else set())


class Run:
    """One deployment."""

    def __init__(
        self, world: World, scope: str, name: str, properties: dict[str, Any], parent: Node | None = None
    ) -> None:
        self.world = world
        self.id = Id(scope, DEPLOYMENTS, (name,))
        self.parent = parent
        self.state = "Running"
        self.error: dict[str, Any] | None = None
        self.outputs: dict[str, Any] = {}
        self.properties = properties
        if len(name) > LONGEST_NAME:
            message = f"The provided deployment name '{name}' has a length of '{len(name)}' which exceeds the maximum length of '{LONGEST_NAME}'."
            raise ArmError(400, "InvalidDeploymentName", message, preflight=True)
        if properties.get("mode", "Incremental").lower() != "incremental":
            raise ArmError(
                400,
                "InvalidDeploymentMode",
                "The stand-in knows the deployment mode 'Incremental' only.",
                preflight=True,
            )
        self.template = Template(world, scope, name, properties["template"], properties.get("parameters", {}))
        self.nodes = {item.symbol: Node(self, item) for item in self.template.items()}

    @property
    def root(self) -> Run:
        """The deployment that somebody asked for."""
        return self.parent.run.root if self.parent else self

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self.state != "Running"

    def all(self) -> Iterator[Node]:
        """Everything that it deploys."""
        for node in self.nodes.values():
            yield from node.all()

    # Time

    def step(self) -> bool:
        """A few waves."""
        for _ in range(WAVES_A_TICK):
            if self.over:
                break
            self.wave()
        if self.error:
            raise ArmError(409, self.error["code"], self.error["message"], details=self.error["details"])
        return self.over

    def wave(self) -> None:
        """What runs ends, then what can begin begins."""
        for node in self.nodes.values():
            if node.state == "Running":
                self.go_on(node)
        for node in self.nodes.values():
            if node.state == "Waiting" and all(self.nodes[symbol].state == "Succeeded" for symbol in node.item.needs):
                self.attempt(node, self.begin)
        if all(node.state in ("Waiting", "Succeeded", "Failed") for node in self.nodes.values()):
            self.close()

    def attempt(self, node: Node, action: Any) -> None:
        """Does something for a resource; a refusal is the end of it."""
        try:
            action(node)
        except Exception as error:
            refusal = as_refusal(error)
            node.state, node.status, node.error = "Failed", refusal.status, refusal.error()
            if self.world.predicting and refusal.preflight:
                raise refusal from error

    def begin(self, node: Node) -> None:
        """Starts a resource."""
        node.target = self.template.target(node.item)
        if node.item.existing:
            self.template.known[node.item.symbol] = self.world.get(node.target).body
            node.state = "Succeeded"
        elif node.target.type == DEPLOYMENTS:
            self.world.group(str(node.target.group))
            properties = nested_properties(node.item)
            authorize(self.world, f"{DEPLOYMENTS}/write", str(node.target))
            node.nested = Run(self.world, node.target.scope, node.target.name, properties, node)
            self.world.deployments[node.target.key] = node.nested
            node.state = "Running"
        else:
            kind, write = prepare(self.world, node.target, node.item.declared["apiVersion"], body_of(node.item))
            if lock := kind.lock(node.target):
                self.refuse_rivals(node, lock)
            store(self.world, kind, write)
            self.world.held.add(lock)
            node.status = 200 if write.before else 201
            node.state = "Running"

    def refuse_rivals(self, node: Node, lock: str) -> None:
        """Two writes that only one at a time may do, and no order between them: sooner or later they meet."""
        assert node.target
        kind = KINDS[node.target.kind]
        if lock in self.world.held:
            raise kind.busy(node.target)
        before = node.before()
        for other in self.root.all():
            if other is node or not other.target or other.item.existing or other.nested or id(other) in before:
                continue
            other_kind = KINDS.get(other.target.kind)
            if other_kind and other_kind.lock(other.target) == lock:
                raise kind.busy(node.target)

    def go_on(self, node: Node) -> None:
        """A resource ends, a nested deployment goes on."""
        assert node.target
        if not node.nested:
            self.end(node.target)
            self.template.known[node.item.symbol] = self.world.get(node.target).body
            node.state = "Succeeded"
            return
        node.nested.wave()
        if node.nested.state == "Succeeded":
            self.template.known[node.item.symbol] = {"properties": {"outputs": node.nested.outputs}}
            node.state = "Succeeded"
        elif node.nested.over:
            text = "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'."
            inner = node.nested.error or {}
            node.state, node.status = "Failed", 409
            node.error = {
                "code": "ResourceDeploymentFailure",
                "target": str(node.target),
                "message": text,
                "details": [inner],
            }

    def end(self, target: Id) -> None:
        """The write of a resource is over."""
        self.world.held.discard(KINDS[target.kind].lock(target))
        finish(self.world, target)

    def close(self) -> None:
        """Nothing runs and nothing can begin."""
        failed = [node.error for node in self.nodes.values() if node.error]
        if not failed and any(node.state == "Waiting" for node in self.nodes.values()):
            failed = [
                ArmError(
                    400, "InvalidTemplate", "Deployment template validation failed: 'Circular dependency detected'."
                ).error()
            ]
        if not failed:
            try:
                self.outputs = self.template.outputs()
            except Exception as error:  # noqa: BLE001
                failed = [{**as_refusal(error).error(), "code": "DeploymentOutputEvaluationFailed"}]
        if failed:
            self.error = deployment_failed(self.id, failed)
        self.state = "Failed" if failed else "Succeeded"

    def cancel(self) -> None:
        """Nothing more begins; what runs stays as it is."""
        self.state = "Canceled"
        for node in self.all():
            if node.nested and not node.nested.over:
                node.nested.state = "Canceled"
            if node.state == "Running" and node.target and not node.nested:
                self.end(node.target)

    # Answers

    def answer(self) -> dict[str, Any]:
        """The deployment, as it is answered."""
        properties: dict[str, Any] = {
            "mode": "Incremental",
            "provisioningState": self.state,
            "parameters": self.template.shown_parameters(),
            "correlationId": stable_guid("correlation", self.root.id.key),
            "duration": "PT1S",
            "dependencies": [],
            "providers": [],
            "outputResources": [
                {"id": str(node.target)}
                for node in self.all()
                if node.target and not node.nested and node.state == "Succeeded"
            ],
            "outputs": self.outputs,
        }
        if self.error:
            properties["error"] = self.error
        return {"id": str(self.id), "name": self.id.name, "type": DEPLOYMENTS, "properties": properties}

    def operations(self) -> list[dict[str, Any]]:
        """What was done for each resource."""
        return [operation(self, node) for node in self.nodes.values() if node.target and not node.item.existing]


def operation(run: Run, node: Node) -> dict[str, Any]:
    """One operation of a deployment."""
    target = node.target
    assert target
    name = stable_guid("operation", run.id.key, node.item.symbol).replace("-", "").upper()[:16]
    properties: dict[str, Any] = {
        "provisioningOperation": "Create",
        "provisioningState": node.state,
        "statusCode": {200: "OK", 201: "Created", 400: "BadRequest", 403: "Forbidden", 404: "NotFound"}.get(
            node.status, "Conflict"
        ),
        "targetResource": {"id": str(target), "resourceType": target.type, "resourceName": target.full_name},
    }
    if node.error:
        properties["statusMessage"] = {"status": "Failed", "error": node.error}
    return {"id": f"{run.id}/operations/{name}", "operationId": name, "properties": properties}


def nested_properties(item: Item) -> dict[str, Any]:
    """The properties of a nested deployment: parameters are evaluated outside, the template inside."""
    properties = item.declared["properties"]
    if (properties.get("expressionEvaluationOptions") or {}).get("scope", "outer").lower() != "inner":
        raise ArmError(
            400,
            "InvalidTemplate",
            "The stand-in knows nested templates with their own scope only (inner).",
            preflight=True,
        )
    given = {name: expand(value, item.frame) for name, value in properties.get("parameters", {}).items()}
    return {
        "mode": properties["mode"],
        "template": properties["template"],
        "parameters": {name: value for name, value in given.items() if value.get("value") is not None},
    }


def deployment_failed(deployment: Id, details: list[dict[str, Any]]) -> dict[str, Any]:
    """The error of a deployment."""
    message = "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details."
    return {"code": "DeploymentFailed", "target": str(deployment), "message": message, "details": details}


def predict(world: World, scope: str, name: str, properties: dict[str, Any]) -> tuple[World, Run]:
    """Tries a deployment in a copy of the world. What validation would see is refused, what only happens later is not."""
    copied = world.predict()
    run = Run(copied, scope, name, properties)
    while not run.over:
        run.wave()
    return copied, run


def validate(world: World, scope: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The answer of a validation."""
    _, run = predict(world, scope, name, properties)
    answer = run.answer()
    answer["properties"].update(
        provisioningState="Succeeded", validatedResources=answer["properties"].pop("outputResources")
    )
    answer["properties"].pop("error", None)
    return answer


def start(world: World, scope: str, name: str, properties: dict[str, Any]) -> Run:
    """Begins a deployment, unless one of the same name still runs."""
    key = Id(scope, DEPLOYMENTS, (name,)).key
    before = world.deployments.get(key)
    if before and not before.over:
        message = f"Unable to edit or replace deployment '{name}': previous deployment from '11/1/2026 12:00:00 AM' is still active (expiration time is '11/8/2026 12:00:00 AM'). Please see https://aka.ms/arm-deploy for usage details."
        raise ArmError(409, "DeploymentActive", message)
    run = Run(world, scope, name, properties)
    world.deployments[key] = run
    return run


# What-if


def what_if(world: World, scope: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """What a deployment would change: the world before and after, resource by resource."""
    after, run = predict(world, scope, name, properties)
    if run.error:
        return {"status": "Failed", "error": run.error}
    changes = [
        change(world, after, node) for node in run.all() if node.target and not node.nested and not node.item.existing
    ]
    touched = {each["resourceId"].lower() for each in changes}
    group = str(group_of(scope))
    for found in world.within(world.group(group)["id"]):
        if found.id.key not in touched and not found.id.parent and "/providers/" not in found.id.scope:
            changes.append({"resourceId": str(found.id), "changeType": "Ignore", "before": found.body})
    return {
        "status": "Succeeded",
        "properties": {"changes": sorted(changes, key=lambda each: each["resourceId"].lower())},
    }


def change(before: World, after: World, node: Node) -> dict[str, Any]:
    """What happens to one resource."""
    assert node.target
    old, new = before.find(node.target), after.find(node.target)
    assert new
    version = node.item.declared["apiVersion"]
    if not old:
        return {"resourceId": str(node.target), "changeType": "Create", "after": {**new.body, "apiVersion": version}}
    delta = [*removed_from_network(node, old), *differences(old.body, new.body, "")]
    return {
        "resourceId": str(new.id),
        "changeType": "Modify" if delta else "NoChange",
        "before": {**old.body, "apiVersion": version},
        "after": {**new.body, "apiVersion": version},
        "delta": delta,
    }


def removed_from_network(node: Node, old: Resource) -> Iterator[dict[str, Any]]:
    """What-if says that the subnets of a network go where its template does not list them, and they stay (arm-template-whatif#439)."""
    assert node.target
    subnets = old.body["properties"].get("subnets")
    is_network = node.target.kind == "microsoft.network/virtualnetworks"
    if is_network and subnets and "subnets" not in node.item.declared["properties"]:
        yield {"path": "properties.subnets", "propertyChangeType": "Delete", "before": subnets, "after": None}


def differences(old: Any, new: Any, path: str) -> Iterator[dict[str, Any]]:
    """Paths at which two answers differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key in ("provisioningState", "etag"):
                continue
            yield from differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True):
        kind = "Create" if old is None else "Delete" if new is None else "Modify"
        if isinstance(new, list) or isinstance(old, list):
            kind = "Array" if kind == "Modify" else kind
        entry: dict[str, Any] = {"path": path, "propertyChangeType": kind, "before": old, "after": new}
        if kind == "Array":
            entry["children"] = [
                {"path": "0", "propertyChangeType": "Modify", "before": old, "after": new, "children": []}
            ]
        yield entry
