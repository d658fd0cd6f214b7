"""``python -m calendly_actions``, or ``calendly-actions`` where it is installed."""

from __future__ import annotations

import sys


def main() -> None:
    try:
        from calendly_actions.app import app, hoisted
        from calendly_actions.failures import CallFailedError
    except ModuleNotFoundError as error:
        sys.exit(f"The command line needs {error.name}. Run it as: pipx run --spec '.[cli]' calendly-actions")
    try:
        app(hoisted(sys.argv[1:]), prog_name="calendly-actions")
    except CallFailedError as error:
        print(f"{error.title}: {error.detail}", file=sys.stderr)
        if correlation_id := error.more.get("correlation_id"):
            print(f"Its log: calendly-actions logs --correlation-id {correlation_id}", file=sys.stderr)
        sys.exit(error.code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
