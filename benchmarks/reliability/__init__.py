"""Bounded load on the local stack, with one fault after another: what callers see, and whether it passes."""
