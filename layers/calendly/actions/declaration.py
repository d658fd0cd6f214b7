"""What an action's file says about the action, beside its input and its function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

TOOL_SETS = ("read", "booking")
"""Sets of tools for agents; every action is in the set ``all`` as well."""


class Declaration(NamedTuple):
    """An action's own facts. Everything that is made from actions (template, reference, tools, tests) reads them.

    Attributes:
        route: method and path below ``/accounts/{account}``, as Calendly's; empty for the work of a workflow.
        scope: the Calendly scope it needs.
        role: who may do this, where Calendly documents it, as a phrase that ends "It takes ...".
        plan: the Calendly plan it needs, where Calendly documents it.
        destroys: whether it takes something away that cannot be brought back; a hint to callers.
        repeatable: whether sending it again comes to the same; every action that only reads is.
        tools: the sets of tools for agents that it belongs to, of ``TOOL_SETS``.
        example: an input that works on the sandbox's data set.
        also_reads: whether an action that can write is there in a stack that only reads, too.
        aws_role: the logical id of its IAM role, where it needs more than others of its kind.
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
