"""Make `python -m mailroute` the same program as the `mailroute` command."""

from mailroute.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
