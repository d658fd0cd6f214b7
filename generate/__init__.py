"""Writes what is generated from the action files: template, README, OpenAPI document, events, scopes."""
