"""The composition root: settings become stores, models, tasks and the library. Nothing is put together elsewhere."""
