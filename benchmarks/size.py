"""The size of the deployed layer by package: arm64, with bytecode if a Python 3.13 is found."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stacks import WORK, build_layer


@dataclass(frozen=True)
class Size:
    """Unzipped bytes by package, and zipped bytes in total."""

    packages: dict[str, int]
    zipped: int
    bytecode: bool

    @property
    def unzipped(self) -> int:
        return sum(self.packages.values())


def layer_size() -> Size:
    """Build the layer as `make build` does, and measure it."""
    artifact = WORK / "arm64"
    shutil.rmtree(artifact, ignore_errors=True)
    build_layer(artifact)
    return weigh(artifact / "python")


def weigh(folder: Path) -> Size:
    """The size of a folder of installed packages."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    packages: dict[str, int] = {}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            package = _package(path.relative_to(folder))
            packages[package] = packages.get(package, 0) + path.stat().st_size
            archive.write(path, path.relative_to(folder))
    bytecode = any(path.suffix == ".pyc" for path in files)
    return Size(dict(sorted(packages.items(), key=lambda item: -item[1])), len(zipped.getvalue()), bytecode)


def _package(path: Path) -> str:
    top = path.parts[0].partition("-")[0].removesuffix(".py")
    return "ours" if top in ("calendly", "accounts", "actions") else top
