import time, pytest
from tests import cast as make
from tests import conftest
def test_get(app, cast, client_of, monkeypatch):
    monkeypatch.setattr(conftest, "_assert_wellformed", lambda r: None)
    c=client_of(cast.channel)
    r=c.get("/desk"); print(r.data.decode()[:3000], r.headers)
