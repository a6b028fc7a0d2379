"""Traces as they are read: any size, any damage, still growing. `store` is the only query API; nothing here writes."""
