"""How records are kept: tables, engine, upgrades."""
