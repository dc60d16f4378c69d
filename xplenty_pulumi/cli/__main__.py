"""The command `xplenty-pulumi`, as `python -m xplenty_pulumi.cli`."""

from xplenty_pulumi.cli import main

if __name__ == "__main__":
    main()
