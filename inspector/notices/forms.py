"""The forms of a notice: signing for it, reporting, verifying."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, Field, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from inspector import clock

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
