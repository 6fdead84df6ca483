"""`python -m portal` is the same command as `portal`."""

from portal.cli import main

if __name__ == "__main__":
    main()
