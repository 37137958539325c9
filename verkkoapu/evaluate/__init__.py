"""Measure the answers: `verkkoapu evaluate`. docs/evaluation.md explains the figures."""
