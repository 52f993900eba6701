"""What time does: planning, delivering, ending what is over. Nothing here decides; it asks the domain."""
