"""One file per subject: columns and constraints, no behaviour. Importing this package fills `Base.metadata`."""
