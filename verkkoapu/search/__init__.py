"""Find the topic a message is about."""
