"""The safety guard: reads each resident message for danger, before and independent of everything else."""

from verkkoapu.safety.guard import SafetyGuard, Verdict

__all__ = ["SafetyGuard", "Verdict"]
