"""The words of the glossary (domain.md 2.8) for the values that rows hold."""

from typing import Final


def N_(message: str) -> str:
    """Mark a message for translation without translating it yet."""
    return message


WORDS: Final[dict[str, dict[str, str]]] = {
    "role": {
        "inspector": N_("Inspector"),
        "shopper": N_("Mystery shopper"),
        "reviewer": N_("Off-site reviewer"),
        "outlet": N_("Outlet head"),
        "subbranch": N_("Sub-branch head"),
        "channel": N_("Channel department"),
        "leader": N_("Deputy president in charge"),
        "admin": N_("Administrator"),
    },
    "level": {
        "city": N_("City branch"),
        "subbranch": N_("Sub-branch"),
        "outlet": N_("Outlet"),
    },
    "fitout": {
        "none": N_("no fit-out"),
        "renovated": N_("refurbished"),
        "relocated": N_("relocated"),
    },
    "kind": {
        "onsite": N_("On-site visit"),
        "offsite": N_("Off-site visit"),
        "mystery": N_("Mystery visit"),
    },
    "severity": {"major": N_("Major"), "minor": N_("Minor"), "info": N_("Information")},
    "visit": {
        "assigned": N_("assigned"),
        "in_progress": N_("in progress"),
        "submitted": N_("submitted"),
        "confirmed": N_("confirmed"),
        "published": N_("published"),
        "cancelled": N_("cancelled"),
        "void": N_("void"),
    },
    "finding": {
        "submitted": N_("to be decided"),
        "confirmed": N_("confirmed finding"),
        "rejected": N_("rejected"),
        "closed": N_("struck off"),
        "withdrawn": N_("withdrawn"),
    },
    "notice": {
        "held": N_("waiting for publication"),
        "draft": N_("draft"),
        "issued": N_("waiting for acknowledgement"),
        "acknowledged": N_("acknowledged"),
        "closed": N_("struck off"),
        "withdrawn": N_("withdrawn"),
    },
    "rectification": {
        "open": N_("open"),
        "in_progress": N_("being put right"),
        "reported": N_("waiting for verification"),
        "returned": N_("returned"),
        "reopened": N_("reopened"),
        "paused": N_("paused by an appeal"),
        "closed": N_("struck off"),
        "withdrawn": N_("withdrawn"),
    },
    "appeal": {
        "filed": N_("waiting to be taken up"),
        "refused": N_("not taken up"),
        "accepted": N_("before the panel"),
        "upheld": N_("upheld: the finding stands"),
        "overturned": N_("overturned: the finding is withdrawn"),
    },
    "ground": {
        "fact": N_("The facts are different"),
        "applicability": N_("The requirement does not apply here"),
    },
    "answer": {
        "granted": N_("granted"),
        "accepted": N_("accepted as a risk"),
        "refused": N_("refused"),
    },
    "verb": {
        "plan": N_("planned"),
        "begin": N_("began a visit that nobody planned"),
        "start": N_("started"),
        "submit": N_("submitted the visit"),
        "cancel": N_("cancelled the visit"),
        "send_back": N_("sent the visit back"),
        "ask_void": N_("asked to declare the visit void"),
        "refuse_void": N_("let the visit stand"),
        "void": N_("declared the visit void"),
        "confirm": N_("confirmed the finding"),
        "reject": N_("rejected the finding"),
        "recount": N_("counted the repeats anew"),
        "issue": N_("issued the notice"),
        "warn": N_("issued the warning order"),
        "view": N_("opened the notice"),
        "acknowledge": N_("acknowledged the notice"),
        "report": N_("reported the rectification"),
        "close": N_("verified and struck off"),
        "return": N_("returned the report"),
        "endorse": N_("checked the report for the sub-branch"),
        "reopen": N_("reopened the rectification"),
        "withdraw": N_("withdrew the notice"),
        "ask_extension": N_("asked for an extension"),
        "grant_extension": N_("granted the extension"),
        "refuse_extension": N_("refused the extension"),
        "ask_risk": N_("reported that it cannot be put right"),
        "accept_risk": N_("accepted the risk"),
        "refuse_risk": N_("asked for it to be put right all the same"),
        "appeal": N_("appealed"),
        "accept_appeal": N_("took the appeal up"),
        "refuse_appeal": N_("did not take the appeal up"),
        "pause": N_("stopped the clock"),
        "resume": N_("let the clock go on"),
        "uphold": N_("upheld the finding"),
        "overturn": N_("overturned the finding"),
        "publish": N_("published"),
        "open_batch": N_("opened the batch"),
        "put_in": N_("put visits in"),
        "take_out": N_("took a visit out"),
        "discard_batch": N_("deleted the batch"),
        "ask_footage": N_("asked to keep the footage"),
        "add": N_("added the branch"),
        "change": N_("changed the branch"),
        "merge": N_("merged the outlet into another"),
    },
}


def word(group: str, value: str) -> str:
    """The English message id for a stored value; a template or view translates it."""
    return WORDS[group][value]
