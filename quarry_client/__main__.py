"""`python3 -m quarry_client`: the command line."""

import sys

from .cli.main import main

sys.exit(main())
