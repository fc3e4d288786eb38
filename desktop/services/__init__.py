"""What a person can do: one verb, one function. Permissions are enforced here."""
