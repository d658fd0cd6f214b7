"""The command line: the deployed actions, from a terminal. It signs requests; all else the actions do themselves."""
