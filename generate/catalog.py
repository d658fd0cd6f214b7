"""All actions of the bundle, read from their files."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from actions.declaration import Declaration
from actions.inputs import ConfirmedInput, CreateInput, Input, PagedInput, Refers, WriteInput
from actions.runtime import Function

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
LAYER = ROOT / "layers" / "calendly"


@dataclass(frozen=True)
class Action:
    """One action.

    Attributes:
        name: the file's name, such as ``retrieve_event``.
        family: the folder's name, which is Calendly's resource.
        declaration: what the file declares.
        model: the input model.
        output: the return type of its function: ``Document[...]``, ``Page[...]`` or ``Answer``.
        description: the file's docstring.
    """

    name: str
    family: str
    declaration: Declaration
    model: type[Input]
    output: Any
    description: str

    @property
    def logical_id(self) -> str:
        """The logical id of its Lambda function: ``RetrieveEvent`` for ``retrieve_event``."""
        return logical_id(self.name)

    @property
    def summary(self) -> str:
        """The first line of the description, without its period."""
        return self.description.splitlines()[0].rstrip(".")

    @property
    def route(self) -> str:
        """The full path of its route."""
        return f"/accounts/{{account}}{self.declaration.path}"

    @property
    def writes(self) -> bool:
        return issubclass(self.model, WriteInput)

    @property
    def creates(self) -> bool:
        return issubclass(self.model, CreateInput)

    @property
    def confirmed(self) -> bool:
        return issubclass(self.model, ConfirmedInput)

    @property
    def paged(self) -> bool:
        return issubclass(self.model, PagedInput)

    @property
    def references(self) -> dict[str, Refers]:
        """Its inputs that refer to Calendly's resources, with their types."""
        found = {name: _refers(field) for name, field in self.own_fields.items()}
        return {name: refers for name, refers in found.items() if refers}

    @property
    def required(self) -> list[str]:
        """Its required inputs."""
        return [name for name, field in self.model.model_fields.items() if field.is_required()]

    @property
    def own_fields(self) -> dict[str, Any]:
        """Its inputs without those that all actions of its kind share."""
        shared = {*PagedInput.model_fields, *CreateInput.model_fields, *ConfirmedInput.model_fields}
        return {name: field for name, field in self.model.model_fields.items() if name not in shared}


def logical_id(action: str) -> str:
    """``RetrieveEvent`` for ``retrieve_event``."""
    return "".join(word.capitalize() for word in action.split("_"))


def load(path: Path) -> Any:
    """Import a function's module. Its folder is on ``sys.path``, as in Lambda."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None  # noqa: S101 - it is a file
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def functions(root: Path = FUNCTIONS) -> list[Path]:
    """The files that contain a Lambda handler."""
    return sorted(path for path in root.glob("*/[!_]*.py") if "\ndef handler(" in path.read_text())


def find(root: Path = FUNCTIONS) -> list[Action]:
    """The actions in a folder, sorted by family and name."""
    found = [_action(path, load(path)) for path in functions(root)]
    return sorted((each for each in found if each), key=lambda action: (action.family, action.name))


@lru_cache(maxsize=1)
def actions() -> list[Action]:
    """All actions of the bundle, sorted by family and name."""
    return find()


def _refers(field: FieldInfo) -> Refers | None:
    options = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else ()
    marks = [*field.metadata, *(mark for option in options for mark in get_args(option))]
    return next((mark for mark in marks if isinstance(mark, Refers)), None)


def _action(path: Path, module: Any) -> Action | None:
    handler = module.handler
    if not (isinstance(handler, Function) and handler.declaration and handler.declaration.route):
        return None
    return Action(
        name=path.stem,
        family=path.parent.name,
        declaration=handler.declaration,
        model=handler.model,
        output=get_type_hints(handler.function).get("return"),
        description=inspect.cleandoc(module.__doc__ or ""),
    )
