"""The real provider as tests use it: a process of its own, told how to be; and somebody at a
browser who goes from us to the provider and back."""

import json
import re
import select
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from werkzeug.test import TestResponse

from tests.conftest import Client

SCRIPT = Path(__file__).parent / "provider.mjs"
SECRET = "100% secret: of the tests"
BASE = "https://inspector.example"
WAIT = 60
"""Seconds: the machine may be busy."""


class RealProvider:
    """npm's oidc-provider on the loopback."""

    def __init__(self, node: str) -> None:
        self._process = subprocess.Popen([node, str(SCRIPT)], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], WAIT)
        said = json.loads(self._process.stdout.readline()) if ready else {}
        if not said:
            self.stop()
            raise RuntimeError("the provider did not start")
        self.issuer: str = said["issuer"]
        self._control: str = said["control"]

    def be(self, **wanted: Any) -> None:
        """Be as HONEST in the script says, but for what is named here; all is forgotten."""
        base = wanted.pop("base", BASE)
        mine = {
            "redirectUris": [f"{base}/single-sign-on/callback"],
            "leaveUris": [f"{base}/sign-in"],
        }
        self._tell("/", mine | wanted)

    def rotate_keys(self) -> None:
        """From now on sign with another key, and publish only that."""
        self._tell("/keys", {})

    def go_down(self) -> None:
        """Nobody listens any more, until it is told how to be."""
        self._tell("/down", {})

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(WAIT)
        if self._process.stdout:
            self._process.stdout.close()

    def _tell(self, path: str, wanted: dict[str, Any]) -> None:
        answer = requests.post(self._control + path, json=wanted, timeout=WAIT)
        assert answer.ok, answer.text


@dataclass
class Somebody:
    """At a browser, with cookies of ours and of the provider's."""

    client: Client
    there: requests.Session = field(default_factory=requests.Session)
    asked: int = 0
    """How often the provider has asked who they are."""

    def begin(self, target: str = "") -> str:
        """Press the button. Returns the provider's address, where it leads."""
        answer = self.client.get("/single-sign-on", query_string={"next": target} if target else {})
        assert answer.status_code == 302, answer.text
        return answer.location

    def at_provider(self, address: str, account: str, answer: str = "yes") -> str:
        """Do what the provider asks. Returns the address at which it sends back to us."""
        for _ in range(10):
            if address.startswith(BASE):
                return address
            page = self.there.get(address, allow_redirects=False, timeout=WAIT)
            if page.status_code == 200:
                if self.asked:
                    time.sleep(
                        1.1
                    )  # nobody types twice within one second, which is how tokens count
                self.asked += 1
                data = {"account": account, "answer": answer}
                page = self.there.post(address, data, allow_redirects=False, timeout=WAIT)
            assert page.is_redirect, f"{page.status_code} {page.text}"
            address = requests.compat.urljoin(address, page.headers["Location"])
        raise AssertionError("the provider goes round in circles")

    def come_back(self, address: str) -> TestResponse:
        """Follow the provider's redirect to us."""
        return self.client.get(address.removeprefix(BASE))

    def sign_in(self, account: str, target: str = "", answer: str = "yes") -> TestResponse:
        """The whole way, as often as we send there."""
        address = self.begin(target)
        for _ in range(3):
            response = self.come_back(self.at_provider(address, account, answer))
            if not (response.location or "").startswith("http"):
                return response
            address = response.location
        raise AssertionError("we go round in circles")

    @property
    def is_in(self) -> bool:
        """Whether a page opens that is not for strangers."""
        return self.client.get("/branches").status_code == 200


def refusal(response: TestResponse) -> str:
    """The sentence with which the sign-in page says why not."""
    found = re.search(r'role="alert">.*?<div>(.*?)</div>', response.text, re.DOTALL)
    assert found, response.text
    return found[1].strip()


def query(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
