"""Writes what is made from the action files: template, README, OpenAPI document, events, scopes."""
