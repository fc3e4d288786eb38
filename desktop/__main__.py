"""`python -m desktop`: the command line, which opens the window when no command is given."""

import sys

from desktop.paths import READ_PDF

if __name__ == "__main__":
    if sys.argv[1:2] == [READ_PDF]:
        # The application started itself to read a PDF in a process that may crash or be ended.
        from desktop.importers.pdf.worker import main as read_pdf

        sys.exit(read_pdf(sys.argv[2:]))

    from desktop.cli import main

    sys.exit(main())
