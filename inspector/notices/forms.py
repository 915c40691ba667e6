"""The forms of a notice: signing for it, reporting, verifying, and its side roads."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from sqlalchemy import exists, select
from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Person
from inspector.visits.batches import Batch

POSTS = {
    "outlet_head": _l("Outlet head"),
    "duty_leader": _l("Duty leader"),
    "lobby_manager": _l("Lobby manager"),
    "subbranch_head": _l("Sub-branch head"),
}
"""Posts, never names (domain.md 3.10)."""


class AcknowledgeForm(FlaskForm):  # type: ignore[misc]
    """In which post one signs."""

    post = SelectField(
        _l("Your post"),
        choices=lambda: {post: str(title) for post, title in POSTS.items()},
        validators=[DataRequired()],
    )


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What the bank asks of a rectification: cause, measure, result (S47), and the photos after."""

    cause = TextAreaField(_l("Cause"), validators=[DataRequired(), Length(max=2000)])
    measure = TextAreaField(_l("Measure"), validators=[DataRequired(), Length(max=2000)])
    result = TextAreaField(_l("Result"), validators=[DataRequired(), Length(max=2000)])
    done_on = DateField(_l("Put right on"), validators=[DataRequired()])
    photos = MultipleFileField(_l("Photos of the result"), validators=[Optional()])

    def validate_done_on(self, field: Field) -> None:
        """What is put right was put right by today."""
        if field.data > clock.today():
            raise ValidationError(_("This day is still to come."))


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """A remark when closing; the reason when returning."""

    remark = TextAreaField(_l("Remark"), validators=[Length(max=500)])


class ReturnForm(VerifyForm):
    """The reason, and another due day if there is to be one."""

    day = DateField(_l("New due day"), validators=[Optional()])


class ReasonedDayForm(FlaskForm):  # type: ignore[misc]
    """A reason and a day: a new due day, or the day to look again."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=500)])
    day = DateField(_l("Day"), validators=[DataRequired()])


class AppealForm(FlaskForm):  # type: ignore[misc]
    """What is disputed, and the evidence."""

    ground = SelectField(
        _l("What is disputed"),
        choices=lambda: {
            "fact": _("The facts are different"),
            "applicability": _("The requirement does not apply here"),
        },
        validators=[DataRequired()],
    )
    statement = TextAreaField(_l("Statement"), validators=[DataRequired(), Length(max=2000)])
    photos = MultipleFileField(_l("Evidence"), validators=[Optional()])


SEATS = 3


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """The decision of a panel: two seats must be taken, a third may be."""

    outcome = SelectField(
        _l("Decision"),
        choices=lambda: {
            "upheld": _("Upheld: the finding stands"),
            "overturned": _("Overturned: the finding is withdrawn"),
        },
        validators=[DataRequired()],
    )
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=500)])
    person_1 = SelectField(_l("Person"), default="")
    department_1 = StringField(_l("Department"), validators=[Length(max=60)])
    person_2 = SelectField(_l("Person"), default="")
    department_2 = StringField(_l("Department"), validators=[Length(max=60)])
    person_3 = SelectField(_l("Person"), default="")
    department_3 = StringField(_l("Department"), validators=[Length(max=60)])

    def offer(self, people: Sequence[Person]) -> "DecisionForm":
        """Offer these people for each seat. Returns the form."""
        self._people = {str(person.id): person for person in people}
        names = [("", "—")] + [(key, person.name) for key, person in self._people.items()]
        for n in range(1, SEATS + 1):
            self[f"person_{n}"].choices = names
        return self

    @property
    def rows(self) -> list[tuple[Field, Field]]:
        """The seats, each as its two fields."""
        return [(self[f"person_{n}"], self[f"department_{n}"]) for n in range(1, SEATS + 1)]

    def seats(self) -> list[tuple[Person, str]]:
        """Who sits for which department; empty seats are left out."""
        taken = [(person.data, department.data or "") for person, department in self.rows]
        return [(self._people[key], department) for key, department in taken if key]


class BatchForm(FlaskForm):  # type: ignore[misc]
    """Whose visits a batch is for, and the day before which it is not published."""

    quarter = SelectField(_l("Quarter of the visits"), validators=[DataRequired()])
    name = StringField(_l("Name"), validators=[Length(max=40)])
    publish_on = DateField(_l("Not published before"), validators=[DataRequired()])

    def __init__(self) -> None:
        super().__init__()
        this = Quarter.of(clock.today())
        self.quarter.choices = [
            (str(q), _("%(year)s, quarter %(number)s", year=q.year, number=q.number))
            for q in (this, this.before, this.before.before)
        ]

    def validate_name(self, field: Field) -> None:
        """A quarter has each name once; the first batch needs none."""
        wanted = exists().where(
            Batch.quarter == self.quarter.data, Batch.name == (field.data or "").strip()
        )
        if db.session.scalar(select(wanted)):
            raise ValidationError(_("This quarter has a batch of that name; give another name."))

    def validate_publish_on(self, field: Field) -> None:
        """Today at the earliest."""
        if field.data < clock.today():
            raise ValidationError(_("This day is over."))
