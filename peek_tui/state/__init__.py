"""What the screen shows, as plain Python: tested without a terminal, drawn by the widgets."""
