"""The variables of the registry, a file for each part of the package."""
