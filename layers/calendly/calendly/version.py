"""Which release of the bundle this is."""

VERSION = "0.2.0"
