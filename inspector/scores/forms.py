"""The forms of the quarter."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class OtherForm(FlaskForm):  # type: ignore[misc]
    """O of a sub-branch, typed in; blank stays blank."""

    value = StringField(_l("O, the other part, 0 to 100"), validators=[Length(max=10)])
    source = StringField(_l("Where it is from"), validators=[Length(max=200)])
