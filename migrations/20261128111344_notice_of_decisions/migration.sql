-- Whoever waits for a decision hears of it when the unit of work that made it is kept, whoever made it.
CREATE FUNCTION "approvals_told"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('mcpbox_approval', NEW.id::text);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "approvals_told" AFTER UPDATE OF state ON "approvals" FOR EACH ROW
	WHEN (OLD.state IS DISTINCT FROM NEW.state)
	EXECUTE FUNCTION "approvals_told"();
