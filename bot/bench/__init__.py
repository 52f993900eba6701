"""`choir bench`: how fast Choir is on this machine. Figures for a person to judge; nothing here is a test."""
