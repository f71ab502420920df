"""What each layer of a network makes of an image, computed in the browser while one draws."""
