ALTER TABLE "versions" ADD COLUMN "kind" text NOT NULL DEFAULT 'tool';--> statement-breakpoint
ALTER TABLE "versions" ALTER COLUMN "kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "address" text;--> statement-breakpoint
UPDATE "versions" SET "address" = "servers"."name" || '__' || "tools"."name" FROM "tools" JOIN "servers" ON "servers"."id" = "tools"."server_id" WHERE "tools"."id" = "versions"."tool_id";--> statement-breakpoint
ALTER TABLE "versions" ALTER COLUMN "address" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "mime_type" text;--> statement-breakpoint
CREATE UNIQUE INDEX "versions_one_live_address" ON "versions" ("kind","address") WHERE state = 'live';--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_kind" CHECK (kind in ('tool', 'prompt', 'resource'));--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_mime_type" CHECK (kind = 'resource' or mime_type is null);--> statement-breakpoint
CREATE OR REPLACE FUNCTION "versions_keep_text"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.tool_id, NEW.number, NEW.hash, NEW.hash_format, NEW.kind, NEW.address, NEW.mime_type, NEW.description, NEW.language, NEW.code, NEW.input_schema::text, NEW.output_schema::text, NEW.annotations::text, NEW.manifest::text, NEW.module_lock::text, NEW.timeout_ms)
		IS DISTINCT FROM (OLD.tool_id, OLD.number, OLD.hash, OLD.hash_format, OLD.kind, OLD.address, OLD.mime_type, OLD.description, OLD.language, OLD.code, OLD.input_schema::text, OLD.output_schema::text, OLD.annotations::text, OLD.manifest::text, OLD.module_lock::text, OLD.timeout_ms) THEN
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
