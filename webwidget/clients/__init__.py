"""One client object per outside service."""
