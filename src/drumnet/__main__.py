"""`python -m drumnet` is the `drumnet` command."""

from drumnet.cli.main import main

main()
