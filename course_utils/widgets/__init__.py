"""What one moves with the mouse: Python, JavaScript and CSS of each side by side."""
