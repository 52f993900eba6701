"""`choir demo`: a local Slack, the bot and a made-up agency in one process."""
