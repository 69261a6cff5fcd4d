"""The words everyone speaks: types, geometry, errors and settings."""
