"""Where moto differs from AWS in what this product does."""

from __future__ import annotations

from typing import Any


def apply() -> None:
    """Mend them, in this process. Doing it twice is harmless."""
    from moto.secretsmanager.models import SecretsManagerBackend

    original = SecretsManagerBackend.update_secret_version_stage
    if hasattr(original, "mended"):
        return

    def update_secret_version_stage(
        self: Any, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
    ) -> Any:
        """Moving AWSCURRENT also moves what a read without a version gets, as it does in AWS."""
        answer = original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if version_stage == "AWSCURRENT" and move_to_version_id:
            self.secrets[secret_id].default_version_id = move_to_version_id
        return answer

    update_secret_version_stage.mended = True  # type: ignore[attr-defined]
    SecretsManagerBackend.update_secret_version_stage = update_secret_version_stage
