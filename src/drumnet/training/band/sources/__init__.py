"""Where single sounds come from: one module a kind of source."""
