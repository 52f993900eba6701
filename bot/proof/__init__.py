"""What can be rerun by anybody who wants to know whether the promises about the update hold."""
