"""The resources of the API; each file exports its routes, each with the rule of who may ask."""
