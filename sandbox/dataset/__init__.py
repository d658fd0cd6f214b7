"""The seeded data set, by kind."""
