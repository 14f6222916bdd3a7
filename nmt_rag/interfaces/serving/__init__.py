"""What holds for every server here, whatever it serves."""
