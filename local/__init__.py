"""The stack on your machine, without Docker: real template, real Lambda runtime, AWS and Calendly on loopback."""
