"""What can go wrong, in one registry: a code, an HTTP status, and a sentence that says what to do.

Sentences are English message ids; the page that shows one translates it. A sentence may hold
%(name)s fields, filled from the problem's details.
"""

from typing import Final

REGISTRY: Final[dict[str, tuple[int, str]]] = {
    # how we are spoken to
    "request.malformed": (400, "This request cannot be read. Reload the page and try again."),
    "request.unknown": (404, "There is nothing here, or it is not yours to see."),
    "race.lost": (409, "Somebody did this a moment ago. Reload to see what is there now."),
    "server.broken": (500, "Something broke on our side. Nothing was changed; try again."),
    "request.foreign": (403, "This request did not come from our pages. Reload and try again."),
    "sign_in.needed": (401, "Sign in to go on."),
    "permission.denied": (403, "You may see this, but this step belongs to others."),
    "form.invalid": (422, "Please check the marked fields."),
    # the receiving end of the tablet
    "ops.gap": (409, "Entries are missing before this one; number %(expected)s was expected."),
    "ops.reused": (422, "This entry was already received with other content. Both are kept."),
    "ops.foreign": (403, "These entries belong to another person; only they can send them."),
    "ops.malformed": (422, "This entry cannot be understood: %(why)s"),
    "photos.missing": (424, "%(count)s photos of this visit have not arrived yet."),
    "photo.not_an_image": (422, "This file is not a photo. Use JPEG, PNG, WebP or HEIC."),
    "photo.too_large": (413, "This photo is over 25 MB. Choose a smaller one."),
    "photos.too_many": (422, "At most %(limit)s photos can be sent at once."),
    "photo.mismatch": (422, "The photo was damaged on the way. It will be sent again."),
    # visits
    "visit.recusal": (422, "Nobody inspects the sub-branch that they belong to."),
    "visit.kind": (422, "This checklist is not for this kind of visit."),
    "visit.frozen": (409, "This visit has been submitted; nothing can be changed any more."),
    "visit.incomplete": (422, "Some answers or photos are still missing."),
    "visit.not_yours": (403, "This visit is assigned to someone else."),
    "answer.unknown_item": (422, "This item is not on the checklist of this visit."),
    "answer.not_allowed": (422, "This item does not take that answer."),
    "text.too_long": (422, "This text is too long; %(limit)s characters are possible."),
    # findings, rectifications, notices
    "move.not_now": (409, "This cannot be done now: it is already at the stage “%(stage)s”."),
    "move.not_yours": (403, "This step belongs to others."),
    "verify.recusal": (403, "Whoever reported a rectification does not verify it."),
    "report.photo_needed": (422, "Add a photo that shows the result: the finding had one."),
    "reason.needed": (422, "Give the reason."),
    # imports
    "import.invalid": (422, "Nothing was imported. The file has mistakes."),
    "import.changed": (409, "Nothing was imported: this version exists with other content."),
}


class Problem(Exception):
    """Something the person can act on. `code` is stable; `details` fill the sentence."""

    def __init__(self, code: str, **details: object) -> None:
        self.status, self.sentence = REGISTRY[code]
        self.code = code
        self.details = details
        super().__init__(f"{code}: {self.sentence % details if details else self.sentence}")
