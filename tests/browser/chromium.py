"""Which browser, and how it is started."""

import os

CHROMIUM = os.environ.get("INSPECTOR_TEST_BROWSER", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
