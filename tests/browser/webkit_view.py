"""One window of WebKitGTK with its data in a folder, driven by lines of JSON. It runs in the
distribution's own Python, which has PyGObject; tests/browser/webkit.py starts it.

Each line of the input is {"do": "open", "url": …}, {"do": "run", "body": …} or
{"do": "choose", "files": […]}; each is answered by a line {"value": …} or {"error": …}.
"""

import json
import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402 - the versions come first


class View:
    """The window, and the one command that is under way."""

    def __init__(self, folder: str) -> None:
        data = WebKit2.WebsiteDataManager(
            base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache"
        )
        context = WebKit2.WebContext.new_with_website_data_manager(data)
        context.set_preferred_languages(["zh-CN"])
        cookies = context.get_cookie_manager()
        cookies.set_persistent_storage(f"{folder}/cookies", WebKit2.CookiePersistentStorage.SQLITE)
        self.files: list[str] = []
        self.opening = False
        self.view = WebKit2.WebView.new_with_context(context)
        self.view.connect("load-changed", self.on_load)
        self.view.connect("load-failed", self.on_failure)
        self.view.connect("run-file-chooser", self.on_chooser)
        window = Gtk.Window(default_width=820, default_height=1100)
        window.add(self.view)
        window.show_all()
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, self.on_line)

    def on_line(self, source: Any, condition: Any) -> bool:
        """Do what the next line says; its end is the end of this process."""
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        command = json.loads(line)
        if command["do"] == "open":
            self.opening = True
            self.view.load_uri(command["url"])
        elif command["do"] == "choose":
            self.files = command["files"]
            answer(value=None)
        else:
            body = command["body"]
            self.view.call_async_javascript_function(
                body, -1, None, None, None, None, self.on_result
            )
        return True

    def on_result(self, view: Any, result: Any) -> None:
        """A script has ended."""
        try:
            value = self.view.call_async_javascript_function_finish(result)
        except GLib.Error as error:
            answer(error=error.message)
            return
        answer(value=json.loads(value.to_json(0) or "null"))

    def on_load(self, view: Any, event: Any) -> None:
        """A page is there."""
        if event == WebKit2.LoadEvent.FINISHED and self.opening:
            self.opening = False
            answer(value=self.view.get_uri())

    def on_failure(self, view: Any, event: Any, url: str, error: GLib.Error) -> bool:
        """A page could not be had."""
        if self.opening:
            self.opening = False
            answer(error=error.message)
        return True

    def on_chooser(self, view: Any, request: Any) -> bool:
        """The page asks for files: here they are."""
        request.select_files(self.files)
        return True


def answer(**what: object) -> None:
    """One line for whoever asked."""
    print(json.dumps(what), flush=True)


View(sys.argv[1])
Gtk.main()
