"""The domain library of Verkkoapu: knows neither Rasa nor Flask."""
