"""The forms of the accounts."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from inspector.db import db
from inspector.people.keeping import Entry, wrong_with
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.templating import local, word


class AccountForm(FlaskForm):  # type: ignore[misc]
    """What an account holds; keeping.py knows what it may be. `sure` answers the warning that work
    is still in hand."""

    username = StringField(_l("Account"), filters=[lambda text: (text or "").strip()])
    name = StringField(_l("Full name"), filters=[lambda text: (text or "").strip()])
    role = SelectField(_l("Role"), validate_choice=False)
    branch = SelectField(_l("Branch"), validate_choice=False)
    email = StringField(
        _l("Email"), filters=[lambda text: (text or "").strip()], validators=[Optional()]
    )
    sure = HiddenField()

    @classmethod
    def of(cls, person: Person | None = None) -> "AccountForm":
        """The form with what was typed, or else with what the account holds."""
        form = cls(obj=person) if person else cls()
        form.person = person
        form.role.choices = [(role.value, word("role", role)) for role in Role]
        form.branches = {branch.code: branch for branch in _choices(person)}
        form.branch.choices = [(code, _label(branch)) for code, branch in form.branches.items()]
        if person and not form.is_submitted():
            form.branch.data = person.branch.code
        return form

    @property
    def entry(self) -> Entry:
        """What was typed."""
        return Entry(
            username=self.username.data or "",
            name=self.name.data or "",
            role=self.role.data or "",
            branch=self.branches[self.branch.data],
            email=self.email.data or "",
        )

    def validate(self, extra_validators: object = None) -> bool:
        """All that is wrong, each at its field."""
        if not super().validate(extra_validators):
            return False
        if self.branch.data not in self.branches:
            self.refuse(Problem("account.branch"), "branch")
            return False
        for field, problem in wrong_with(self.entry, self.person):
            self.refuse(problem, field)
        return not self.errors

    def refuse(self, problem: Problem, field: str = "") -> None:
        """Say a problem at its field."""
        field = field or {"account.taken": "username"}.get(problem.code, "role")
        self[field].errors = [*self[field].errors, _(problem.sentence, **problem.details)]


class ClosingForm(FlaskForm):  # type: ignore[misc]
    """Why an account is closed."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=500)])


def _choices(person: Person | None) -> list[Branch]:
    there: ColumnElement[bool] = Branch.merged_into_id.is_(None)
    if person:
        there = or_(there, Branch.id == person.branch_id)
    found = select(Branch).where(there).options(selectinload(Branch.parent)).order_by(Branch.code)
    return list(db.session.scalars(found))


def _label(branch: Branch) -> str:
    return f"{branch.code} {local(branch, 'name')}"
