"""One page per place in the navigation; pages never know each other."""
