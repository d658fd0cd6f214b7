"""What is claimed of speed and size is measured here."""
