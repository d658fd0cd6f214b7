"""The API's operations, a module per family."""
