"""PostgreSQL tells all processes what happens to runs, whoever writes it: by triggers on the tables."""

from sqlalchemy import Connection, event
from sqlmodel import SQLModel

CHANNEL = "troupe"

STATEMENTS = (
    f"""
    CREATE OR REPLACE FUNCTION tell_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.status = 'queued' THEN
            PERFORM pg_notify('{CHANNEL}', 'queued ' || NEW.id);
        ELSIF TG_OP = 'UPDATE' AND OLD.status = 'running' AND NEW.status = 'running' AND OLD.epoch = NEW.epoch
              AND OLD.lease_until IS NOT DISTINCT FROM NEW.lease_until AND OLD.segment = NEW.segment THEN
            PERFORM pg_notify('{CHANNEL}', 'order ' || NEW.id);
        END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION tell_of_decision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('{CHANNEL}', 'order ' || run_id) FROM approval WHERE id = NEW.approval_id;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION tell_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('{CHANNEL}', 'events ' || run_id) FROM (SELECT DISTINCT run_id FROM added) AS told;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER run_told AFTER INSERT OR UPDATE ON run
    FOR EACH ROW EXECUTE FUNCTION tell_of_run()
    """,
    """
    CREATE TRIGGER decision_told AFTER INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION tell_of_decision()
    """,
    """
    CREATE TRIGGER event_told AFTER INSERT ON event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_events()
    """,
)
"""What a new database gets with its tables; migration 0007 gives it to older ones."""


def _tell_of_new_tables(_target: object, connection: Connection, **_: object) -> None:
    if connection.dialect.name == "postgresql":
        for statement in STATEMENTS:
            connection.exec_driver_sql(statement)


event.listen(SQLModel.metadata, "after_create", _tell_of_new_tables)
