"""What the business says is true: frozen values and rules as plain functions. Standard library only."""
