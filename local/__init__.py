"""The stack on your own machine, without Docker: real template, real Lambda runtime, AWS and Calendly on loopback."""
