"""What is on the screen. Widgets draw the state they are given and know nothing of files."""
