"""What an operator does before and beside the bot: `choir init` and `choir doctor`."""
