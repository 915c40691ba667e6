"""What can go wrong, in one registry: a code, an HTTP status, and a sentence that says what to do.

Sentences are English message ids; the page that shows one translates it. A sentence may hold
%(name)s fields, filled from the problem's details.
"""

from typing import Final

from inspector.words import N_

REGISTRY: Final[dict[str, tuple[int, str]]] = {
    # how we are spoken to
    "request.malformed": (400, N_("This request cannot be read. Reload the page and try again.")),
    "request.unknown": (404, N_("There is nothing here, or it is not yours to see.")),
    "race.lost": (409, N_("Somebody did this a moment ago. Reload to see what is there now.")),
    "server.broken": (500, N_("Something broke on our side. Nothing was changed; try again.")),
    "server.fault": (
        500,
        N_(
            "Something broke on our side. Nothing was changed; try again. If it happens again, "
            "tell the administrator this number: %(number)s"
        ),
    ),
    "body.too_large": (
        413,
        N_("This is too large; at most %(limit)s MB can be sent at once. Send less at a time."),
    ),
    "rate.exceeded": (
        429,
        N_("Too many requests in a short time. Wait %(seconds)s seconds, then go on."),
    ),
    "request.foreign": (403, N_("This request did not come from our pages. Reload and try again.")),
    "sign_in.needed": (401, N_("Sign in to go on.")),
    "session.taken_away": (
        401,
        N_("Your session was ended from another device, or by the administrator. Sign in again."),
    ),
    "sign_in.wrong": (422, N_("Account or password is wrong. Try again.")),
    "sign_in.wait_seconds": (
        429,
        N_("Too many attempts have failed. Wait %(seconds)s seconds, then try again."),
    ),
    "sign_in.wait_minutes": (
        429,
        N_("Too many attempts have failed. Wait %(minutes)s minutes, then try again."),
    ),
    "password.wrong": (422, N_("This is not your present password.")),
    "password.short": (422, N_("A password has at least %(least)s characters.")),
    "password.telling": (
        422,
        N_("It holds the account, your name or the bank's: these are tried first. Leave them out."),
    ),
    "password.common": (
        422,
        N_("It consists of words and passwords that are tried first. Join words that are rarer."),
    ),
    "password.keyboard": (
        422,
        N_("It follows the keys of the keyboard. Join several words that have nothing in common."),
    ),
    "password.repeats": (
        422,
        N_("It repeats itself or counts on. Join several words that have nothing in common."),
    ),
    "password.date": (
        422,
        N_("It is little more than a date. Join several words that have nothing in common."),
    ),
    "password.simple": (
        422,
        N_("It is too easily guessed. Make it longer, or join several words."),
    ),
    "code.wrong": (
        422,
        N_("This code is wrong, or was used already. Wait until the app shows the next one."),
    ),
    "second_factor.none": (409, N_("There is no second factor here. Set it up first.")),
    "second_factor.exists": (409, N_("There is a second factor already. Take it away first.")),
    "second_factor.needed": (403, N_("Set up your second factor first.")),
    "link.over": (
        410,
        N_(
            "This link was used, has expired, or a newer one took its place. Ask the administrator "
            "for another."
        ),
    ),
    # single sign-on
    "sso.over": (
        409,
        N_(
            "This sign-in is over: it was finished already, begun too long ago, or begun in "
            "another browser. Begin again."
        ),
    ),
    "sso.down": (503, N_("The bank's single sign-on does not answer now. Try again in a moment.")),
    "sso.untrusted": (
        502,
        N_(
            "What the bank's single sign-on answered was not valid, and nobody was signed in. Try "
            "again; if it stays so, tell the administrator."
        ),
    ),
    "sso.denied": (403, N_("The sign-in was cancelled or refused at the bank's single sign-on.")),
    "sso.error": (
        502,
        N_(
            "The bank's single sign-on answered with the error “%(error)s”. Tell the administrator."
        ),
    ),
    "sso.no_account": (
        403,
        N_(
            "The bank's single sign-on did not say which account this is: the claim %(claim)s is "
            "missing. Tell the administrator."
        ),
    ),
    "sso.unknown": (
        403,
        N_(
            "There is no account %(account)s here. Ask the administrator of the channel department."
        ),
    ),
    "sso.taken": (
        403,
        N_(
            "The account %(account)s is bound to another person of the bank's single sign-on. Ask "
            "the administrator of the channel department."
        ),
    ),
    "sso.closed": (
        403,
        N_("The account %(account)s is closed. Ask the administrator of the channel department."),
    ),
    "sso.role_missing": (
        403,
        N_(
            "The bank's single sign-on gives you no role here. It says in %(claim)s: “%(value)s”. "
            "Tell the administrator."
        ),
    ),
    "sso.role_ambiguous": (
        403,
        N_(
            "The bank's single sign-on gives you more than one role here. It says in %(claim)s: "
            "“%(value)s”. Tell the administrator."
        ),
    ),
    "sso.branch_unknown": (
        403,
        N_(
            "The bank's single sign-on says in %(claim)s that you belong to the branch "
            "“%(value)s”, which is not known here. Tell the administrator."
        ),
    ),
    "sso.place": (
        403,
        N_(
            "The bank's single sign-on gives you a role and a branch that do not fit together: "
            "“%(role)s” at %(branch)s. Tell the administrator."
        ),
    ),
    "sso.last_admin": (
        409,
        N_(
            "The bank's single sign-on gives you another role; but you are the last administrator "
            "here, and stay it until you make somebody else an administrator."
        ),
    ),
    "sso.weak": (
        403,
        N_(
            "You must prove who you are in another way at the bank's single sign-on: %(claim)s "
            "must be “%(wanted)s”, and it says “%(value)s”."
        ),
    ),
    "sso.stale": (
        403,
        N_(
            "The bank's single sign-on did not ask you anew who you are, or did not say so. Tell "
            "the administrator."
        ),
    ),
    "sign_in.no_passwords": (403, N_("Nobody signs in with a password here.")),
    "permission.denied": (403, N_("You may see this, but this step belongs to others.")),
    "form.invalid": (422, N_("Please check the marked fields.")),
    # the receiving end of the tablet
    "ops.gap": (409, N_("Entries are missing before this one; number %(expected)s was expected.")),
    "ops.reused": (422, N_("This entry was already received with other content. Both are kept.")),
    "ops.foreign": (403, N_("These entries belong to another person; only they can send them.")),
    "ops.malformed": (422, N_("This entry cannot be understood: %(why)s")),
    "file.missing": (422, N_("Choose the file that the tablet saved.")),
    "file.unreadable": (
        422,
        N_("This is no file of unsent work, or it was cut off. Save it on the tablet once more."),
    ),
    "file.version": (
        422,
        N_("Another version of this app made this file. Reload the app; save it once more."),
    ),
    "file.changed": (
        422,
        N_("This file was changed or damaged after the tablet saved it. Save it once more."),
    ),
    "file.too_large": (413, N_("This file is too large. Save each visit as a file of its own.")),
    "file.foreign": (
        403,
        N_("This is the work of %(name)s. Only they or the channel department can take it in."),
    ),
    "file.nobody": (422, N_("%(name)s, whose work this is, has no account here.")),
    "file.gap": (
        409,
        N_(
            "Entries %(first)s to %(last)s are missing: they have not arrived, and they are not "
            "in this file. Save all of the tablet as one file, or each visit as a file of its own."
        ),
    ),
    "ops.defect": (
        422,
        N_("This entry could not be taken in. The channel department will look at it."),
    ),
    "photos.missing": (424, N_("%(count)s photos of this visit have not arrived yet.")),
    "photo.not_an_image": (422, N_("This file is not a photo. Use JPEG, PNG, WebP or HEIC.")),
    "photo.too_large": (413, N_("This photo is over 25 MB. Choose a smaller one.")),
    "photos.too_many": (422, N_("At most %(limit)s photos can be sent at once.")),
    "photo.mismatch": (422, N_("The photo was damaged on the way. It will be sent again.")),
    # accounts
    "account.name": (
        422,
        N_(
            "An account name begins with a letter or a digit and holds only letters a to z, digits "
            "and . _ @ + -, 60 at most."
        ),
    ),
    "account.taken": (422, N_("There is an account %(username)s already.")),
    "account.unnamed": (422, N_("Give the person's name, 60 characters at most.")),
    "account.role": (422, N_("There is no such role.")),
    "account.branch": (422, N_("There is no such branch.")),
    "account.place_outlet": (422, N_("An outlet head belongs to an outlet.")),
    "account.place_subbranch": (422, N_("A sub-branch head belongs to a sub-branch.")),
    "account.place_city": (
        422,
        N_(
            "The channel department, the deputy president and administrators belong to the city "
            "branch."
        ),
    ),
    "account.place_gone": (422, N_("This outlet went on as another one; choose that.")),
    "account.email": (422, N_("This is no email address.")),
    "account.closed": (409, N_("This account is closed. Reopen it first.")),
    "account.self": (409, N_("Nobody closes their own account. Another administrator can.")),
    "account.last_admin": (
        409,
        N_(
            "This is the last administrator. Make somebody else an administrator first: without "
            "one, nobody could keep the accounts."
        ),
    ),
    # visits
    "visit.recusal": (422, N_("Nobody inspects the sub-branch that they belong to.")),
    "visit.role": (422, N_("This person does not make that kind of visit.")),
    "visit.no_other": (409, N_("There is no other shopper who could go there.")),
    "visit.past_day": (422, N_("This day is over; choose today or a later one.")),
    "plan.over": (409, N_("This quarter is over; nothing can be planned in it any more.")),
    "plan.nothing_kept": (422, N_("No visit is chosen, so there is nothing to keep.")),
    "plan.no_checklist": (409, N_("There is no checklist for this kind of visit. Publish one.")),
    "plan.nobody": (422, N_("Choose to whom the visits are given.")),
    "plan.no_day": (422, N_("Choose the day to which the visits are moved.")),
    "plan.nothing_ticked": (422, N_("No visit is ticked.")),
    "visit.unplanned": (
        403,
        N_("The channel department does not allow visits that nobody planned."),
    ),
    "branch.closed": (409, N_("This outlet is closed; no visit can begin there.")),
    "merge.outlets": (422, N_("Only an outlet can go on as another outlet.")),
    "merge.gone": (409, N_("%(outlet)s was merged into another outlet before.")),
    "visit.kind": (422, N_("This checklist is not for this kind of visit.")),
    "visit.frozen": (409, N_("This visit has been submitted; nothing can be changed any more.")),
    "visit.cancelled": (409, N_("This visit was called off; nothing more can be recorded.")),
    "send_back.again": (409, N_("It was sent back for this already; say what is new.")),
    "send_back.decided": (409, N_("Findings of this visit are decided; it cannot go back.")),
    "void.asked": (409, N_("This has been asked already and waits for its answer.")),
    "void.recusal": (403, N_("Whoever asked for it does not decide about it.")),
    "batch.past": (422, N_("This day is over; choose today or a later one.")),
    "batch.early": (409, N_("This batch is not published before %(day)s.")),
    "batch.empty": (409, N_("This batch holds no visit yet. Put visits in first.")),
    "unmask.not_named": (
        403,
        N_(
            "Only named persons of the channel department learn who a shopper is. The "
            "administrator names them."
        ),
    ),
    "unmask.no_secret": (409, N_("This is no mystery visit: everybody sees who made it.")),
    "unmask.channel": (422, N_("Only people of the channel department can be named for this.")),
    "batch.too_small": (
        422,
        N_(
            "Published with fewer than %(least)s visits, a batch tells the branch when the shopper "
            "came. Wait for more, or give the reason."
        ),
    ),
    "batch.void_asked": (
        409,
        N_("The leader still decides whether a visit of it is void. Wait, or take that visit out."),
    ),
    "batch.not_ready": (
        409,
        N_("Only confirmed mystery visits that are in no batch yet can be put in. Reload."),
    ),
    "batch.not_empty": (409, N_("Only an empty batch can be deleted. Take its visits out first.")),
    "batch.published": (409, N_("This batch is published; nothing about it can be changed.")),
    "visit.incomplete": (422, N_("Some answers or photos are still missing.")),
    "visit.conflict": (409, N_("Two different answers wait for a decision at %(count)s items.")),
    "visit.not_yours": (403, N_("This visit is assigned to someone else.")),
    "plan.target": (422, N_("Give a whole number of visits from 0 to %(most)s for each kind.")),
    "signature.kind": (422, N_("Only on-site visits are signed by the branch.")),
    "signature.incomplete": (422, N_("A signature needs a name; a refusal needs its reason.")),
    "answer.unknown_item": (422, N_("This item is not on the checklist of this visit.")),
    "answer.not_allowed": (422, N_("This item does not take that answer.")),
    "text.too_long": (422, N_("This text is too long; %(limit)s characters are possible.")),
    # findings, rectifications, notices
    "move.not_now": (409, N_("This is not possible at the present stage. Reload to see it.")),
    "move.not_yours": (403, N_("This step belongs to others.")),
    "issue.held": (409, N_("Publish the batch of this mystery visit first, then issue.")),
    "verify.recusal": (403, N_("Whoever reported a rectification does not verify it.")),
    "report.photo_needed": (422, N_("Add a photo that shows the result: the finding had one.")),
    "reason.needed": (422, N_("Give the reason.")),
    "due.past": (422, N_("Choose a day that is still to come.")),
    "endorse.needed": (409, N_("The sub-branch checks this report first.")),
    "reopen.on_spot": (409, N_("Seen again after it was corrected on the spot, it is a repeat.")),
    "extension.once": (409, N_("An extension can be asked for once.")),
    "extension.section": (422, N_("An extension is possible for facilities only.")),
    "extension.late": (409, N_("The due day is over; an extension is asked for before it.")),
    "extension.too_long": (422, N_("The latest possible day is %(latest)s.")),
    "risk.waiting": (409, N_("This has been asked already and waits for its answer.")),
    "appeal.late": (409, N_("An appeal was possible until %(until)s.")),
    "appeal.recusal": (403, N_("Whoever confirmed the finding does not decide about it.")),
    "appeal.panel": (422, N_("Name at least %(least)s departments, each with another person.")),
    # the quarter
    "freeze.early": (409, N_("The quarter can be frozen after its last day, %(last)s.")),
    "bulletin.unfrozen": (409, N_("The bulletin can be issued once the quarter is frozen.")),
    "bulletin.same": (
        409,
        N_("No score is different from the bulletin that was issued: there is nothing to replace."),
    ),
    "other.confirmed": (
        409,
        N_("The quarter is confirmed: what stands is not changed any more, only a blank filled."),
    ),
    "other.number": (422, N_("Give a number from 0 to 100 with at most two decimals, or nothing.")),
    "import.once": (409, N_("This file was imported already. Choose it once more.")),
    # downloads of many notices
    "bulk.nothing": (422, N_("No row is ticked. Go back and tick at least one.")),
    "bulk.too_many": (422, N_("At most %(limit)s rows can be done at once. Tick fewer.")),
    "urge.not_waiting": (409, N_("Nothing is waited for from the branch here.")),
    "urge.nobody": (
        409,
        N_("Neither outlet nor sub-branch has an account that could be reminded."),
    ),
    "view.taken": (409, N_("You have a view of that name already. Choose another name.")),
    "ledger.too_long": (
        422,
        N_(
            "More than %(limit)s rows are drawn in the background: "
            "ask for them on the ledger's page."
        ),
    ),
    "download.empty": (422, N_("There is no issued notice in it; drafts are left out.")),
    "download.too_many": (
        422,
        N_("One PDF holds at most %(limit)s notices. Take the ZIP, or narrow the choice."),
    ),
    "download.not_now": (409, N_("This is not possible at the present stage. Reload to see it.")),
    "download.gone": (409, N_("The file is no longer there. Ask for it once more.")),
    "download.missing": (
        409,
        N_(
            "The PDF of %(number)s is not in the storage any more. "
            "Tell the administrator: it must come back from the backup."
        ),
    ),
    "download.damaged": (
        409,
        N_(
            "The PDF of %(number)s in the storage is damaged. "
            "Tell the administrator: it must come back from the backup."
        ),
    ),
    "download.unreadable": (409, N_("The PDF of %(number)s cannot be merged; take the ZIP.")),
    "download.full": (409, N_("The server has no room left for it. Tell the administrator.")),
    "download.interrupted": (409, N_("The work broke off %(tries)s times. Try again later.")),
    # imports
    "import.invalid": (422, N_("Nothing was imported. The file has mistakes.")),
    "import.done": (409, N_("This file was imported already.")),
    "import.changed": (409, N_("Nothing was imported: this version exists with other content.")),
}


class Problem(Exception):
    """Something the person can act on. `code` is stable; `details` fill the sentence."""

    def __init__(self, code: str, **details: object) -> None:
        self.status, self.sentence = REGISTRY[code]
        self.code = code
        self.details = details
        super().__init__(f"{code}: {self.sentence % details if details else self.sentence}")
