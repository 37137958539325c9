"""The commands of `verkkoapu`, one module each; a module imports its heavy parts inside its functions."""
