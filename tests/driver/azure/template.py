"""One ARM template, with its parameters: what it declares, evaluated where it is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from errors import ArmError
from expressions import Frame, Loop, expand, get, invalid, is_expression, unroll
from ids import Id, group_of, resource
from world import World

DEPLOYMENTS = "Microsoft.Resources/deployments"
REFERENCE = re.compile(r"reference\('([^']+)'")
JSON_TYPES: dict[str, type] = {
    "string": str,
    "securestring": str,
    "int": int,
    "bool": bool,
    "array": list,
    "object": dict,
    "secureobject": dict,
}


@dataclass
class Item:
    """A resource of a template: one turn of its loop, with its expressions still in it."""

    symbol: str
    declared: dict[str, Any]
    frame: Frame
    needs: list[str] = field(default_factory=list)
    existing: bool = False


class Template:
    """A template where it is deployed. It is the frame of its expressions."""

    def __init__(self, world: World, scope: str, name: str, body: dict[str, Any], given: dict[str, Any]) -> None:
        self.world = world
        self.scope = scope
        self.name = name
        self.body = body
        # What `reference` finds: by symbol, the answer of a resource that is there.
        self.known: dict[str, dict[str, Any]] = {}
        self.parameters = self.read_parameters(given)

    # Parameters

    def read_parameters(self, given: dict[str, Any]) -> dict[str, Any]:
        """The values of all parameters, checked against their types."""
        declared = self.body.get("parameters", {})
        for name in given:
            if name not in declared:
                raise invalid(
                    f"The template parameters '{name}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time"
                )
        values: dict[str, Any] = {}
        self.parameters = values
        for name, schema in declared.items():
            if name in given and "value" in given[name]:
                values[name] = given[name]["value"]
            elif "defaultValue" in schema:
                values[name] = expand(schema["defaultValue"], self)
            elif self.resolve(schema).get("nullable"):
                values[name] = None
            else:
                raise invalid(
                    f"The value for the template parameter '{name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details"
                )
            self.check(values[name], schema, f"parameter '{name}'")
        return values

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A type with what it refers to."""
        if "$ref" not in schema:
            return schema
        target = schema["$ref"].rpartition("/")[2]
        return {
            **self.resolve(self.body["definitions"][target]),
            **{key: value for key, value in schema.items() if key != "$ref"},
        }

    def check(self, value: Any, schema: dict[str, Any], what: str) -> None:
        """Refuses a value that its type does not allow."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return
        wanted = JSON_TYPES[schema["type"].lower()]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise invalid(
                f"Template {what} JToken type is not valid. Expected '{schema['type']}'. Actual '{type(value).__name__}'"
            )
        if "allowedValues" in schema and value not in schema["allowedValues"]:
            allowed = ",".join(map(str, schema["allowedValues"]))
            raise invalid(
                f"The provided value for the template {what} is not valid. The value '{value}' is not part of the allowed value(s): '{allowed}'"
            )
        size = value if isinstance(value, int) else len(value) if isinstance(value, (str, list)) else 0
        bounds = ("minValue", "maxValue") if wanted is int else ("minLength", "maxLength")
        if size < schema.get(bounds[0], size) or size > schema.get(bounds[1], size):
            raise invalid(
                f"The provided value for the template {what} is not valid. It is outside of {bounds[0]} and {bounds[1]}"
            )
        self.check_parts(value, schema, what)

    def check_parts(self, value: Any, schema: dict[str, Any], what: str) -> None:
        """Items and properties."""
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                self.check(item, schema["items"], f"{what}[{index}]")
        if isinstance(value, dict):
            properties, more = schema.get("properties", {}), schema.get("additionalProperties")
            for name, part in properties.items():
                self.check(value.get(name), part, f"{what}.{name}")
            for name in value.keys() - properties.keys():
                if more is False:
                    raise invalid(f"The property '{name}' of the template {what} is not allowed")
                if isinstance(more, dict):
                    self.check(value[name], more, f"{what}.{name}")

    def shown_parameters(self) -> dict[str, Any]:
        """Parameters as a deployment answers them: without what is secure."""
        result: dict[str, Any] = {}
        for name, schema in self.body.get("parameters", {}).items():
            kind = self.resolve(schema)["type"]
            result[name] = (
                {"type": kind} if kind.lower().startswith("secure") else {"type": kind, "value": self.parameters[name]}
            )
        return result

    # The frame

    def call(self, function: str, arguments: list[Any]) -> Any:
        """The functions that need the place of the template."""
        method = getattr(self, f"function_{function}", None)
        return method(*arguments) if method else NotImplemented

    def function_parameters(self, name: str) -> Any:
        """A parameter."""
        return get(self.parameters, name)

    def function_variables(self, name: str) -> Any:
        """A variable, evaluated when it is asked for."""
        variables = self.body.get("variables", {})
        for loop in variables.get("copy", []):
            if loop["name"] == name:
                return unroll(loop, self)
        return expand(get(variables, name), self)

    def function_resourcegroup(self) -> Any:
        """The group that the template is deployed to."""
        return self.world.group(str(group_of(self.scope)))

    def function_tenant(self) -> Any:
        """The tenant."""
        return {"tenantId": self.world.settings.tenant}

    def function_deployment(self) -> Any:
        """The deployment itself."""
        return {"name": self.name, "properties": {"mode": "Incremental"}}

    def function_subscriptionresourceid(self, *arguments: str) -> str:
        """The id of something at the subscription."""
        return str(resource(f"/subscriptions/{self.world.settings.subscription}", arguments[0], *arguments[1:]))

    def function_resourceid(self, *arguments: str) -> str:
        """The id of something in a group, this one unless another is named."""
        at = next(index for index, text in enumerate(arguments) if "/" in text)
        places = arguments[:at]
        group = places[-1] if places else group_of(self.scope)
        subscription = places[0] if len(places) == 2 else self.world.settings.subscription
        names = "/".join(arguments[at + 1 :]).split("/")
        if len(names) != arguments[at].count("/"):
            raise invalid(
                f"Unable to evaluate template language function 'resourceId': the type '{arguments[at]}' requires {arguments[at].count('/')} resource name argument(s)"
            )
        return str(Id(f"/subscriptions/{subscription}/resourceGroups/{group}", arguments[at], tuple(names)))

    def function_reference(self, symbol: str, version: str = "", full: str = "") -> Any:
        """What a resource answers: one of the template by its symbol, any other by its id."""
        if symbol in self.known:
            answer = self.known[symbol]
        elif "/" in symbol:
            answer = self.world.get(Id.parse(symbol)).body
        else:
            raise invalid(
                f"The template resource '{symbol}' reference is not valid: it is not there yet, or its condition is false"
            )
        return answer if full.lower() == "full" else answer["properties"]

    # Resources and outputs

    def items(self) -> list[Item]:
        """The resources, loops unrolled, conditions asked, in the order of the template."""
        declared = self.body["resources"]
        if isinstance(declared, list):
            # Without symbolic names, as the compiler still writes simple templates.
            declared = {str(index): body for index, body in enumerate(declared)}
        items: list[Item] = []
        for symbol, body in declared.items():
            items += self.turns(symbol, body) if "copy" in body else [self.item(symbol, body, self)]
        wanted = [item for item in items if expand(item.declared.get("condition", True), item.frame)]
        self.connect(wanted, declared)
        return wanted

    @staticmethod
    def item(symbol: str, body: dict[str, Any], frame: Frame) -> Item:
        """A resource, or one turn of its loop."""
        return Item(symbol, body, frame, existing=bool(body.get("existing")))

    def turns(self, symbol: str, body: dict[str, Any]) -> list[Item]:
        """The turns of a loop; a serial one waits for the batch before."""
        loop = body["copy"]
        count = expand(loop["count"], self)
        items = [self.item(f"{symbol}[{index}]", body, Loop(self, loop["name"], index)) for index in range(count)]
        if loop.get("mode", "").lower() == "serial":
            size = loop["batchSize"]
            for index, item in enumerate(items):
                item.needs += [
                    other.symbol for other in items[max(0, (index // size - 1) * size) : index // size * size]
                ]
        return items

    def connect(self, items: list[Item], declared: dict[str, Any]) -> None:
        """Writes down what each resource waits for: what it names, by symbol, by loop or by id, and what it reads."""
        found: dict[str, list[str]] = {symbol: [] for symbol in declared}
        for item in items:
            names = {item.symbol, item.symbol.partition("[")[0]}
            if isinstance(self.body["resources"], list):
                names |= {str(self.target(item)), self.target(item).full_name}
            for name in names:
                found.setdefault(name, []).append(item.symbol)
        for item in items:
            wanted = [expand(text, item.frame) for text in item.declared.get("dependsOn", [])]
            for name in [*wanted, *references(item.declared)]:
                if name not in found:
                    raise invalid(
                        f"The resource '{item.symbol}' depends on '{name}', which is not defined in the template"
                    )
                item.needs += found[name]
            item.needs = sorted(set(item.needs) - {item.symbol})

    def target(self, item: Item) -> Id:
        """The id of a resource."""
        name = expand(item.declared["name"], item.frame)
        scope = expand(item.declared.get("scope", self.scope), item.frame)
        if group := item.declared.get("resourceGroup"):
            scope = f"/subscriptions/{self.world.settings.subscription}/resourceGroups/{expand(group, item.frame)}"
        return resource(scope, item.declared["type"], name)

    def outputs(self) -> dict[str, Any]:
        """The outputs, once everything is there."""
        result: dict[str, Any] = {}
        for name, output in self.body.get("outputs", {}).items():
            if not expand(output.get("condition", True), self):
                continue
            loop = output.get("copy")
            value = unroll(loop, self) if loop else expand(output["value"], self)
            self.check(value, output, f"output '{name}'")
            result[name] = {"type": self.resolve(output)["type"], "value": value}
        return result


def references(value: Any) -> list[str]:
    """The symbols that a resource's own expressions read; a nested template's are not its own."""
    if isinstance(value, str):
        return REFERENCE.findall(value) if is_expression(value) else []
    if isinstance(value, list):
        return [symbol for item in value for symbol in references(item)]
    if isinstance(value, dict):
        return [symbol for key, item in value.items() if key != "template" for symbol in references(item)]
    return []


def body_of(item: Item) -> dict[str, Any]:
    """What is written, evaluated."""
    kept = ("location", "tags", "sku", "kind", "identity", "zones", "properties")
    return {key: expand(item.declared[key], item.frame) for key in kept if key in item.declared}


def as_refusal(error: Exception) -> ArmError:
    """An evaluation that ends in an exception of Python is a template that cannot be evaluated."""
    if isinstance(error, ArmError):
        return error
    return invalid(f"Unable to evaluate the template: {type(error).__name__}: {error}")
