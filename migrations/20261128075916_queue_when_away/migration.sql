ALTER TABLE "versions" ADD COLUMN "queue_when_away" boolean NOT NULL DEFAULT false;--> statement-breakpoint
ALTER TABLE "versions" ALTER COLUMN "queue_when_away" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_queue_when_away" CHECK (not queue_when_away or (kind = 'tool' and hash_format >= 3));--> statement-breakpoint
CREATE OR REPLACE FUNCTION "versions_keep_text"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.tool_id, NEW.number, NEW.hash, NEW.hash_format, NEW.kind, NEW.address, NEW.mime_type, NEW.description, NEW.language, NEW.code, NEW.input_schema::text, NEW.output_schema::text, NEW.annotations::text, NEW.manifest::text, NEW.module_lock::text, NEW.timeout_ms, NEW.queue_when_away)
		IS DISTINCT FROM (OLD.tool_id, OLD.number, OLD.hash, OLD.hash_format, OLD.kind, OLD.address, OLD.mime_type, OLD.description, OLD.language, OLD.code, OLD.input_schema::text, OLD.output_schema::text, OLD.annotations::text, OLD.manifest::text, OLD.module_lock::text, OLD.timeout_ms, OLD.queue_when_away) THEN
		RAISE EXCEPTION 'the text of a version never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_keep_text';
	END IF;
	IF NEW.state = 'live' AND NOT EXISTS (
		SELECT 1 FROM approvals WHERE approvals.id = NEW.approval_id AND approvals.version_id = NEW.id AND approvals.hash = NEW.hash AND approvals.state = 'approved'
	) THEN
		RAISE EXCEPTION 'a version goes live only by an approval of its own hash' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_live_by_approval';
	END IF;
	RETURN NEW;
END
$$;
