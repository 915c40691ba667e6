"""The forms of planning and cancelling a visit."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length


class PlanForm(FlaskForm):  # type: ignore[misc]
    """Which outlet, by which checklist (which fixes the kind), who, and when."""

    branch = SelectField(_l("Outlet"), validators=[DataRequired()])
    version = SelectField(_l("Checklist"), validators=[DataRequired()])
    inspector = SelectField(_l("Inspector"), validators=[DataRequired()])
    planned_on = DateField(_l("Date"), validators=[DataRequired()])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """A step that needs its reason."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=500)])
