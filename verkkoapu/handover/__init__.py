"""Handover to a person: states, queue, presence, availability, accounts. Knows neither Rasa nor Flask."""
