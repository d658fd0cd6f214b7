"""The local stack's own pages, served by its API: the home page, and the actions' documents to try them out."""
