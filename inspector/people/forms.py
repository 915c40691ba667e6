"""The forms of signing in and of passwords."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Account name and password, and where to go afterwards."""

    username = StringField(_l("Account"), validators=[DataRequired(), Length(max=60)])
    password = PasswordField(_l("Password"), validators=[DataRequired(), Length(max=200)])
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice."""

    new = PasswordField(_l("New password"), validators=[DataRequired(), Length(max=200)])
    again = PasswordField(_l("Once more"), validators=[DataRequired(), Length(max=200)])

    def validate_again(self, field: PasswordField) -> None:
        """Nobody can see what they have typed."""
        if field.data != self.new.data:
            raise ValidationError(_("The two are not the same. Type it once more."))


class ChangePasswordForm(NewPasswordForm):
    """Another password, for the present one."""

    present = PasswordField(_l("Present password"), validators=[DataRequired(), Length(max=200)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password once more, for what whoever finds the page open must not do."""

    password = PasswordField(_l("Password"), validators=[DataRequired(), Length(max=200)])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the second factor."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=30)])
