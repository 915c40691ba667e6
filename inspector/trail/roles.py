"""The application's own role on PostgreSQL: it adds rows to the trail and reads them, no more.

Whoever owns a table may drop what guards it. So one role owns the tables and migrates them, and the
application signs in as another, to which all of this is given.
"""

from typing import Final

from sqlalchemy import Connection, text

from inspector.history.keeping import KEPT

OWNER: Final = "SELECT tableowner FROM pg_tables WHERE tablename = 'event' AND schemaname = :schema"
KNOWN: Final = "SELECT rolsuper FROM pg_roles WHERE rolname = :role"
MEMBER: Final = "SELECT pg_has_role(:role, :owner, 'MEMBER')"


def unfit(connection: Connection, role: str) -> str:
    """Why that role could change the trail whatever it is granted; empty when it could not."""
    powerful = connection.scalar(text(KNOWN), {"role": role})
    if powerful is None:
        return f"there is no role {role}; create it first: CREATE ROLE … LOGIN PASSWORD …"
    if powerful:
        return f"{role} is a superuser, to whom nothing is forbidden"
    schema = connection.scalar(text("SELECT current_schema()"))
    owner = connection.scalar(text(OWNER), {"schema": schema})
    if owner is None:
        return "there are no tables yet; run flask db upgrade first"
    if connection.scalar(text(MEMBER), {"role": role, "owner": owner}):
        return f"{role} owns the tables, or is a member of {owner}, which does"
    return ""


def grants(connection: Connection, role: str) -> list[str]:
    """The SQL that gives a role what the application needs, and takes away what it must not have.
    To be run by the owner of the tables; harmless when repeated."""
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(str(connection.scalar(text("SELECT current_schema()"))))
    to, kept = quote(role), ", ".join(f"{schema}.{table}" for table in KEPT)
    rows = "SELECT, INSERT, UPDATE, DELETE"
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {to}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {to}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {to}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {to}",
        # What later migrations make. They need not name the role.
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} ON TABLES TO {to}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {to}",
        f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON {kept} FROM {to}, PUBLIC",
        f"REVOKE INSERT, UPDATE, DELETE ON {schema}.alembic_version FROM {to}",
        *_queue(to),
    ]


def may_change(connection: Connection) -> bool:
    """Whether who asks has the right to change the trail, be it as the owner of its tables."""
    if connection.dialect.name != "postgresql":
        return True
    asked = "SELECT bool_or(has_table_privilege(name, 'UPDATE, DELETE, TRUNCATE, TRIGGER'))"
    names = ", ".join(f"('{table}')" for table in KEPT)
    return bool(connection.scalar(text(f"{asked} FROM (VALUES {names}) AS kept(name)")))


def _queue(to: str) -> list[str]:
    """The application makes the queue's tables itself (queue.py), and must own them. What lies in
    those of another is asked for again within a minute."""
    return [
        "CREATE SCHEMA IF NOT EXISTS queue",
        f"GRANT USAGE, CREATE ON SCHEMA queue TO {to}",
        """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'queue' AND tableowner = current_user
  LOOP EXECUTE 'DROP TABLE queue.' || quote_ident(name); END LOOP;
END $$""",
    ]
