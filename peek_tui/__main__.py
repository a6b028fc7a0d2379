"""`python -m peek_tui` is `peek`."""

from peek_tui.cli.main import main

if __name__ == "__main__":
    main()
