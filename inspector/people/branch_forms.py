"""The form of a branch: its fields are the columns of the file, and so are its rules."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import SelectField, StringField

from inspector.db import db
from inspector.people.branch_file import COLUMNS, Row, row_of
from inspector.people.models import Branch, Fitout, Level
from inspector.templating import local, told, word


def _text(label: str) -> StringField:
    return StringField(label, filters=[lambda text: (text or "").strip()])


class BranchForm(FlaskForm):  # type: ignore[misc]
    """What a branch is. Of one that is there the code and the level stay."""

    code = _text(_l("Code"))
    level = SelectField(_l("Level"), validate_choice=False)
    parent_code = SelectField(_l("Belongs to"), validate_choice=False)
    name_zh = _text(_l("Chinese name"))
    name_en = _text(_l("English name"))
    district = _text(_l("District"))
    opened_on = _text(_l("Opened on"))
    fitout = SelectField(_l("Fit-out"), validate_choice=False)
    renovated_on = _text(_l("Refurbished or moved on"))
    lat = _text(_l("Latitude"))
    lon = _text(_l("Longitude"))

    @classmethod
    def of(cls, branch: Branch | None = None) -> "BranchForm":
        """The form with what was typed, or else with what there is."""
        held = Row.of(branch).shown() if branch else {"level": Level.OUTLET, "fitout": Fitout.NONE}
        form = cls(data=held)
        form.fixed = {name: held[name] for name in ("code", "level") if branch}
        form.level.choices = [(level.value, word("level", level)) for level in Level]
        form.fitout.choices = [(fitout.value, word("fitout", fitout)) for fitout in Fitout]
        above = select(Branch).where(Branch.level != Level.OUTLET).order_by(Branch.code)
        choices = [(b.code, f"{b.code} {local(b, 'name')}") for b in db.session.scalars(above)]
        form.parent_code.choices = [("", _("nothing: it is a city branch")), *choices]
        return form

    def row(self) -> Row | None:
        """What was typed, as a row; or nothing, with all that is wrong at its field."""
        rows = db.session.execute(select(Branch.code, Branch.level))
        levels = {code: level for code, level in rows}
        raw = {name: self[name].data or "" for name in COLUMNS} | self.fixed
        row, faults = row_of(raw, levels)
        for field, fault in faults:
            self[field].errors = [*self[field].errors, told(fault)]
        if not self.fixed and raw["code"] in levels:
            self.code.errors = [_("There is a branch with this code already.")]
        return None if self.errors else row

    fixed: dict[str, str]
