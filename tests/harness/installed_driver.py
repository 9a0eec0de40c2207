"""Run the installed kubexit with a stand-in for the waiter: `installed_driver.py WAITER [ARGUMENT…]`."""

import sys

from kubexit import cli

cli.WAITER = [sys.argv.pop(1)]
cli.main()
