"""How each resource looks on the wire. Every shape stands here once, for the seed and for what is made later."""
