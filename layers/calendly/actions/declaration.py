"""What an action's file declares about the action, apart from its input and its function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TOOL_SETS = ("read", "booking")
"""Sets of tools for agents. The set ``all`` has every action."""


class Declaration(NamedTuple):
    """The facts about an action. Everything generated from actions (template, OpenAPI document, tests) reads them.

    Attributes:
        route: method and path below ``/accounts/{account}``, as in Calendly's API; empty for the task of a workflow.
        scope: the Calendly scope it needs.
        role: who may do this, if Calendly documents it; completes the sentence "This requires ...".
        plan: the Calendly plan it needs, if Calendly documents it; completes the sentence "This requires ...".
        destroys: whether it deletes something that cannot be restored; a hint to callers.
        repeatable: whether a write is idempotent: sending it again has the same effect as sending it once.
        tools: the sets in ``TOOL_SETS`` that it belongs to.
        example: an input that works on the sandbox's data set.
        also_reads: whether an action that can write is deployed in a stack that only reads as well.
        aws_role: the logical id of its IAM role, if it needs more permissions than other actions of its kind.
    """

    route: str
    scope: str
    role: str = ""
    plan: str = ""
    destroys: bool = False
    repeatable: bool = False
    tools: tuple[str, ...] = ()
    example: Mapping[str, Any] | None = None
    aws_role: str = ""
    also_reads: bool = False

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path below ``/accounts/{account}``."""
        return self.route.partition(" ")[2]
