"""Calendly on your own machine: API, OAuth, limits and faults, from Calendly's documentation alone.

It shares no code with the client: it is the other side of the wire, and shared code would share mistakes.
"""
