"""``make deploy-check``: the template deployed to a local AWS, and used there as its operator and its callers do."""
