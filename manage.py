#!/usr/bin/env python
"""Trombine's command line. `bin/manage` runs it in the right environment."""

import sys

from config.commands.command_line import main

if __name__ == "__main__":
    main(sys.argv)
