"""Drift between the contract and a changed copy of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.checking import document
from tests.contract.drift import compare, main, report
from tests.contract.shapes import UnreadableError

Change = Callable[[dict[str, Any]], Any]


def told(change: Change) -> str:
    """The report on a changed copy."""
    theirs = copy.deepcopy(document())
    change(theirs)
    return report(compare(document(), theirs))


def schemas(theirs: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = theirs["components"]["schemas"]
    return found


def test_the_contract_does_not_drift_from_itself() -> None:
    assert not compare(document(), copy.deepcopy(document()))


def test_an_operation_that_was_added() -> None:
    said = told(lambda theirs: theirs["paths"].update({"/widgets/{uuid}": {"get": {"responses": {}}}}))
    assert "New operations (1)\n\n  GET /widgets/{uuid}" in said
    assert said.endswith("Operations: 1 new, 0 gone, 0 different. Actions touched: none.")


def test_an_operation_that_is_gone_and_its_action() -> None:
    said = told(lambda theirs: theirs["paths"]["/scheduled_events/{uuid}"].pop("get"))
    assert "Gone operations (1)\n\n  GET /scheduled_events/{uuid}   touches: retrieve_event\n" in said


def test_a_field_that_is_gone_from_everywhere_it_was() -> None:
    said = told(lambda theirs: schemas(theirs)["Invitee"]["properties"].pop("reschedule_url"))
    assert "gone       answer 200 collection[].reschedule_url: string, required" in said
    assert "GET /scheduled_events/{uuid}/invitees   touches: retrieve_invitees" in said
    assert "retrieve_invitee," in said.splitlines()[-1]


def test_an_enum_that_grew() -> None:
    said = told(lambda theirs: schemas(theirs)["EventType"]["properties"]["kind"]["enum"].append("panel"))
    assert "different  answer 200 collection[].kind: new values panel" in said


def test_a_type_and_what_is_required() -> None:
    def change(theirs: dict[str, Any]) -> None:
        user = schemas(theirs)["User"]
        user["properties"]["name"] = {"type": ["string", "null"]}
        user["required"].remove("slug")
        user["properties"]["pronouns"] = {"type": "object", "properties": {"text": {"type": "string"}}}

    lines = [line.strip() for line in told(change).splitlines()]
    assert "different  answer 200 resource.name: type string is now null|string" in lines
    assert "different  answer 200 resource.slug: no longer required" in lines
    assert "new        answer 200 resource.pronouns: object" in lines
    assert not any("pronouns.text" in line for line in lines)


def test_parameters_and_answers() -> None:
    def change(theirs: dict[str, Any]) -> None:
        events = theirs["paths"]["/scheduled_events"]["get"]
        events["parameters"].append({"name": "team", "in": "query", "required": True, "schema": {"type": "string"}})
        events["responses"]["424"] = {"description": "new"}

    said = told(change)
    assert "new        query team: string, required" in said
    assert "new        answer 424\n" in said


def test_what_is_only_written_differently_is_no_drift() -> None:
    def change(theirs: dict[str, Any]) -> None:
        theirs["paths"]["/users/{id}"] = theirs["paths"].pop("/users/{uuid}")
        organization = schemas(theirs)["User"]["properties"]["avatar_url"]
        organization.clear()
        organization |= {"type": "string", "nullable": True}
        schemas(theirs)["Person"] = schemas(theirs)["User"]
        schemas(theirs)["User"] = {"allOf": [{"$ref": "#/components/schemas/Person"}]}

    assert told(change).startswith("No drift")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda _: None, 0),
        (lambda theirs: theirs["paths"].pop("/groups"), 1),
        (lambda theirs: theirs.pop("openapi"), 2),
    ],
)
def test_the_exit_code(tmp_path: Path, change: Change, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = copy.deepcopy(document())
    change(theirs)
    path = tmp_path / "calendly-api.yaml"
    path.write_text(yaml.dump(theirs, Dumper=yaml.CSafeDumper))
    assert main([str(path)]) == status
    assert "cannot be compared" in capsys.readouterr().err if status == 2 else True


def test_a_reference_that_leads_nowhere_is_named() -> None:
    with pytest.raises(UnreadableError, match="#/components/schemas/User leads nowhere"):
        told(lambda theirs: schemas(theirs).pop("User"))


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.yaml"]) == 2
    assert "nowhere.yaml cannot be compared" in capsys.readouterr().err
