"""The action runtime: both doors, input models, pages, errors to callers, logging, metrics."""
