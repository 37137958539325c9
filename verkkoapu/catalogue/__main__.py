"""`python -m verkkoapu.catalogue pull|match|diff|accept|hold|report|export`."""

from verkkoapu.catalogue.cli import main

raise SystemExit(main())
